CREATE INDEX `schedules_online` ON `schedules` (`id`) WHERE online = 1;--> statement-breakpoint
CREATE INDEX `schedules_offline` ON `schedules` (`id`) WHERE online = 0;