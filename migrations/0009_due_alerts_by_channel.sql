DROP INDEX `alerts_subject`;--> statement-breakpoint
CREATE INDEX `alerts_undelivered` ON `alerts` (`subject`,`id`) WHERE status = 'sending';--> statement-breakpoint
DROP INDEX `alert_deliveries_due`;--> statement-breakpoint
CREATE INDEX `alert_deliveries_due` ON `alert_deliveries` (`channel_id`,`next_attempt_at`,`id`) WHERE status in ('waiting', 'retry');