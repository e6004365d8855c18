DROP INDEX "operation_log_at";--> statement-breakpoint
DROP INDEX "operation_log_account";--> statement-breakpoint
DROP INDEX "operation_log_module";--> statement-breakpoint
CREATE INDEX "operation_log_of_region" ON "operation_log" USING btree ("region","at","sequence") WHERE "operation_log"."about" is null;--> statement-breakpoint
CREATE INDEX "operation_log_result" ON "operation_log" USING btree ("result","at","sequence") WHERE "operation_log"."about" is null and "operation_log"."result" <> 'succeeded';--> statement-breakpoint
CREATE INDEX "operation_log_resources" ON "operation_log" USING gin ("resources" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "operation_log_at" ON "operation_log" USING btree ("at","sequence") WHERE "operation_log"."about" is null;--> statement-breakpoint
CREATE INDEX "operation_log_account" ON "operation_log" USING btree ("account_id","at","sequence") WHERE "operation_log"."about" is null;--> statement-breakpoint
CREATE INDEX "operation_log_module" ON "operation_log" USING btree ("module","at","sequence") WHERE "operation_log"."about" is null;--> statement-breakpoint
CREATE INDEX "operation_end_result" ON "operation_end" USING btree ("result");--> statement-breakpoint
-- What a search looks into; made by the database from the row, so it belongs to no entry and to no hash.
CREATE FUNCTION "operation_log_search"("resources" jsonb, "account_name" text, "address" text, "request_id" text)
	RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT lower(concat_ws(E'\n', $2, $3, $4,
		(SELECT string_agg(concat_ws(E'\n', r->>'id', r->>'name'), E'\n') FROM jsonb_array_elements($1) r)))
$$;--> statement-breakpoint
ALTER TABLE "operation_log" ADD COLUMN "search_text" text
	GENERATED ALWAYS AS ("operation_log_search"("resources", "account_name", "address", "request_id")) STORED;--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE INDEX "operation_log_search_text" ON "operation_log" USING gin ("search_text" gin_trgm_ops);
