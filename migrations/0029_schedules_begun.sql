ALTER TABLE `schedules` ADD `begun_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `schedules` ADD `begun_cursor_at` integer DEFAULT 0 NOT NULL;