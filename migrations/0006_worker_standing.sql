-- What people have decided about workers: whether they may work, and with what.
ALTER TABLE `workers` ADD `standing` text;--> statement-breakpoint
CREATE INDEX `workers_standing` ON `workers` (`id`) WHERE standing is not null;