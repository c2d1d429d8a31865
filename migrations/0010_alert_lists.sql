DROP INDEX `alerts_folded`;--> statement-breakpoint
CREATE INDEX `alerts_speaking` ON `alerts` (`id`) WHERE folded_into is null;--> statement-breakpoint
CREATE INDEX `alerts_project` ON `alerts` (`project_id`,`id`) WHERE folded_into is null;--> statement-breakpoint
CREATE INDEX `alerts_workflow` ON `alerts` (`workflow_id`,`id`) WHERE folded_into is null;--> statement-breakpoint
CREATE INDEX `alerts_group` ON `alerts` (`group_name`,`id`) WHERE folded_into is null;--> statement-breakpoint
CREATE INDEX `alerts_kind` ON `alerts` (`kind`,`id`) WHERE folded_into is null;--> statement-breakpoint
CREATE INDEX `alerts_severity` ON `alerts` (`severity`,`id`) WHERE folded_into is null;--> statement-breakpoint
CREATE INDEX `alerts_folded` ON `alerts` (`folded_into`,`id`) WHERE folded_into is not null;