CREATE TABLE "attempts" (
	"key" varchar(200) PRIMARY KEY NOT NULL,
	"wrong" integer NOT NULL,
	"ends_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text,
	"actor_kind" varchar(20) NOT NULL,
	"actor_name" varchar(200) DEFAULT '' NOT NULL,
	"action" varchar(60) NOT NULL,
	"event_id" integer,
	"room_id" integer,
	"booth_id" integer,
	"target" varchar(320) DEFAULT '' NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"address" varchar(64)
);
--> statement-breakpoint
CREATE TABLE "invite_uses" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"invite_id" uuid NOT NULL,
	"person" text NOT NULL,
	"name" varchar(200) NOT NULL,
	"used_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "provider_keys" (
	"event_id" integer NOT NULL,
	"provider" varchar(40) NOT NULL,
	"key_encrypted" text NOT NULL,
	"last_four" varchar(4) NOT NULL,
	"set_by" text,
	"set_by_name" varchar(200) DEFAULT '' NOT NULL,
	"set_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "provider_keys_event_id_provider_pk" PRIMARY KEY("event_id","provider")
);
--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "join_code_since" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "join_code_hours" integer;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "former_join_code" varchar(12);--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "former_join_code_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "listener_epoch" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invites" ADD COLUMN "created_by_name" varchar(200) DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "invites" ADD COLUMN "email" varchar(320);--> statement-breakpoint
ALTER TABLE "invites" ADD COLUMN "sent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "invite_uses" ADD CONSTRAINT "invite_uses_invite_id_invites_id_fk" FOREIGN KEY ("invite_id") REFERENCES "public"."invites"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_keys" ADD CONSTRAINT "provider_keys_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attempts_ends" ON "attempts" USING btree ("ends_at");--> statement-breakpoint
CREATE INDEX "audit_log_event" ON "audit_log" USING btree ("event_id","id");--> statement-breakpoint
CREATE INDEX "audit_log_actor" ON "audit_log" USING btree ("actor","id");--> statement-breakpoint
CREATE INDEX "audit_log_at" ON "audit_log" USING btree ("at");--> statement-breakpoint
CREATE INDEX "invite_uses_invite" ON "invite_uses" USING btree ("invite_id","used_at");--> statement-breakpoint
CREATE INDEX "invites_event" ON "invites" USING btree ("event_id","created_at");