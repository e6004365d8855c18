ALTER TABLE "session" ADD COLUMN "password_complies" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_in_ticket" ADD COLUMN "password_complies" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_in_ticket" ADD COLUMN "locale" text;--> statement-breakpoint
ALTER TABLE "sign_in_ticket" ADD COLUMN "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL;