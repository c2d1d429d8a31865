-- Which server handles a request that came with an idempotency key.
ALTER TABLE `idempotency_keys` ADD `claimed_by` text DEFAULT '' NOT NULL;
