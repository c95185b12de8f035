CREATE TABLE "caption_sessions" (
	"booth_id" integer PRIMARY KEY NOT NULL,
	"epoch" integer DEFAULT 0 NOT NULL,
	"worker" varchar(100),
	"since" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"phase" jsonb,
	"reason" varchar(100)
);
--> statement-breakpoint
CREATE TABLE "segments" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"event_id" integer NOT NULL,
	"booth_id" integer NOT NULL,
	"seq" integer NOT NULL,
	"language" varchar(35) NOT NULL,
	"text" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone NOT NULL,
	"speaker" varchar(200),
	"version" integer DEFAULT 1 NOT NULL,
	"key" varchar(100) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "segments_booth_seq" UNIQUE("booth_id","seq"),
	CONSTRAINT "segments_booth_key" UNIQUE("booth_id","key")
);
--> statement-breakpoint
ALTER TABLE "booths" ADD COLUMN "transcription_language_hint" varchar(35) DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "booths" ADD COLUMN "caption_seq" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "caption_sessions" ADD CONSTRAINT "caption_sessions_booth_id_booths_id_fk" FOREIGN KEY ("booth_id") REFERENCES "public"."booths"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_booth_id_booths_id_fk" FOREIGN KEY ("booth_id") REFERENCES "public"."booths"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "segments_event_started" ON "segments" USING btree ("event_id","started_at");