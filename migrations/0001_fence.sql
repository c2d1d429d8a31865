-- The epoch guard. A leader's unit of writes begins with an insert of its epoch into this view; unless that epoch is
-- the one of the held leader lock, the trigger aborts, and with it everything else in the unit.
CREATE VIEW `fence` AS SELECT 0 AS `epoch` WHERE 0;
--> statement-breakpoint
CREATE TRIGGER `fence_guard` INSTEAD OF INSERT ON `fence`
WHEN NOT EXISTS (
	SELECT 1 FROM `registry_locks`
	WHERE `key` = '/lock/leader' AND `epoch` = NEW.`epoch` AND `client_id` IS NOT NULL
)
BEGIN
	SELECT RAISE(ABORT, 'fenced');
END;
