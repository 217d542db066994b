"""What may be had and by which rules: institutions, products, public schemes, policy values, calendar and rates.

Guarantees, each held by the database: decided terms and published rules never change; two versions never hold on one day;
nobody decides on what they submitted or publishes what they drafted; a policy value in force is kept. What is asked often is
kept in memory until a table changes, in whatever process.

Doors: ``queries`` (parameter, calendar, reference_rate, offered_products, products, branches_serving, institutions,
published_programmes, schemes, repair_measures, compare_versions, try_on), ``actions`` (products, programmes, places, policy),
``presets`` (the shipped tables, the demo city's banks). Pure values and tables: ``offers``, ``terms``, ``schemes``,
``lifecycle``, ``parameters``, ``papers``, ``purposes``, ``shipped``.
"""
