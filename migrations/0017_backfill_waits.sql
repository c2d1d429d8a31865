ALTER TABLE `backfill_items` ADD `waits` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE INDEX `backfill_items_running` ON `backfill_items` (`backfill_id`,`position`) WHERE state = 'running';--> statement-breakpoint
ALTER TABLE `backfills` ADD `times` text DEFAULT '{"kind":"list"}' NOT NULL;--> statement-breakpoint
ALTER TABLE `backfills` ADD `timezone` text;--> statement-breakpoint
ALTER TABLE `backfills` ADD `hold` text;