CREATE TABLE "schedule_sessions" (
	"id" serial PRIMARY KEY NOT NULL,
	"event_id" integer NOT NULL,
	"room_id" integer NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"title" varchar(200) NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"speakers" varchar(500) DEFAULT '' NOT NULL,
	"interpreters" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "schedule_sessions_forwards" CHECK ("schedule_sessions"."ends_at" > "schedule_sessions"."starts_at")
);
--> statement-breakpoint
ALTER TABLE "booths" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "chat_retention_days" integer DEFAULT 90;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "feedback_retention_days" integer DEFAULT 365;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "audit_retention_days" integer DEFAULT 730;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "time_zone" varchar(64) DEFAULT 'UTC' NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "starts_on" date;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "ends_on" date;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "schedule_sessions" ADD CONSTRAINT "schedule_sessions_room_of_event" FOREIGN KEY ("room_id","event_id") REFERENCES "public"."rooms"("id","event_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "schedule_sessions_room" ON "schedule_sessions" USING btree ("room_id","starts_at");--> statement-breakpoint
CREATE INDEX "booths_event" ON "booths" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "memberships_event" ON "memberships" USING btree ("event_id");