DROP TRIGGER audit_event_chained ON audit_event;
DROP TRIGGER audit_event_kept ON audit_event;
DROP TRIGGER audit_link_kept ON audit_link;
DROP TRIGGER audit_event_not_emptied ON audit_event;
DROP TRIGGER audit_link_not_emptied ON audit_link;
DROP FUNCTION audit_append_only();
DROP FUNCTION audit_chain();
DROP FUNCTION audit_canonical(audit_event);
DELETE FROM audit_link;
