"""The firm's portal: from a name to a loan on a phone, without an account form.

What is typed is kept in a draft at each step (`drafts`), apart from the session, so that nothing is lost when one ends;
`steps` says which step comes next; the pages of a firm that has signed in are under /my/.
"""
