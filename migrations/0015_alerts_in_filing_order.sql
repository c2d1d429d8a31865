DROP INDEX `alerts_subject`;--> statement-breakpoint
DROP INDEX `alerts_waiting`;--> statement-breakpoint
DROP INDEX `alerts_undelivered`;--> statement-breakpoint
CREATE INDEX `alerts_waiting` ON `alerts` (`status`) WHERE status = 'waiting';--> statement-breakpoint
CREATE INDEX `alerts_undelivered` ON `alerts` (`subject`) WHERE status = 'sending';