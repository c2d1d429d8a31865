ALTER TABLE `trigger_firings` ADD `about` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `trigger_firings` ADD `chain` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE INDEX `trigger_firings_run` ON `trigger_firings` (`workflow_instance_id`) WHERE workflow_instance_id is not null;