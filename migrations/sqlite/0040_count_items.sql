-- Nothing: items are counted a row at a time here, which costs nothing. PostgreSQL's step changes
-- how they are counted there.
SELECT 1;
