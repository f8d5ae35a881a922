-- The reviewed text itself, sealed as evidence is (store/evidence.h, seal_evidence with only
-- `match`): reviews outlive findings, and both exports and a change of the installation's key need
-- it. Empty in reviews from before.
ALTER TABLE reviews ADD COLUMN evidence BLOB NOT NULL DEFAULT x'';
