CREATE TABLE "caption_trials" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"event_id" integer NOT NULL,
	"booth_id" integer NOT NULL,
	"provider" varchar(40) NOT NULL,
	"model" varchar(120) NOT NULL,
	"state" varchar(10) DEFAULT 'waiting' NOT NULL,
	"worker" varchar(100),
	"text" text DEFAULT '' NOT NULL,
	"first_text_ms" integer,
	"final_ms" integer,
	"fault" varchar(40),
	"detail" varchar(500) DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "glossary_terms" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"event_id" integer NOT NULL,
	"kind" varchar(10) NOT NULL,
	"term" varchar(100) NOT NULL,
	"translations" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "glossary_terms_event_term" UNIQUE("event_id","kind","term")
);
--> statement-breakpoint
CREATE TABLE "segment_translations" (
	"segment_id" uuid NOT NULL,
	"language" varchar(35) NOT NULL,
	"booth_id" integer NOT NULL,
	"seq" integer NOT NULL,
	"version" integer NOT NULL,
	"state" varchar(10) DEFAULT 'waiting' NOT NULL,
	"text" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"fault" varchar(40),
	"done_at" timestamp with time zone,
	CONSTRAINT "segment_translations_segment_id_language_pk" PRIMARY KEY("segment_id","language")
);
--> statement-breakpoint
CREATE TABLE "segment_versions" (
	"segment_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"text" text NOT NULL,
	"speaker" varchar(200),
	"by" text,
	"by_name" varchar(200) DEFAULT '' NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "segment_versions_segment_id_version_pk" PRIMARY KEY("segment_id","version")
);
--> statement-breakpoint
CREATE TABLE "translation_settings" (
	"event_id" integer PRIMARY KEY NOT NULL,
	"enabled" boolean DEFAULT false NOT NULL,
	"provider" varchar(40) NOT NULL,
	"model" varchar(120) DEFAULT '' NOT NULL,
	"server" varchar(500) DEFAULT '' NOT NULL,
	"targets" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "booths" ADD COLUMN "transcription_server" varchar(500) DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "booths" ADD COLUMN "captions_consent" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "transcript_download" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "caption_retention_days" integer DEFAULT 365;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "hides_strong_words" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "hidden_words" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "caption_trials" ADD CONSTRAINT "caption_trials_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "caption_trials" ADD CONSTRAINT "caption_trials_booth_id_booths_id_fk" FOREIGN KEY ("booth_id") REFERENCES "public"."booths"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "glossary_terms" ADD CONSTRAINT "glossary_terms_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segment_translations" ADD CONSTRAINT "segment_translations_segment_id_segments_id_fk" FOREIGN KEY ("segment_id") REFERENCES "public"."segments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segment_translations" ADD CONSTRAINT "segment_translations_booth_id_booths_id_fk" FOREIGN KEY ("booth_id") REFERENCES "public"."booths"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segment_versions" ADD CONSTRAINT "segment_versions_segment_id_segments_id_fk" FOREIGN KEY ("segment_id") REFERENCES "public"."segments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "translation_settings" ADD CONSTRAINT "translation_settings_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "caption_trials_booth" ON "caption_trials" USING btree ("booth_id","created_at");--> statement-breakpoint
CREATE INDEX "segment_translations_waiting" ON "segment_translations" USING btree ("due_at") WHERE "segment_translations"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "segment_translations_booth" ON "segment_translations" USING btree ("booth_id","language","seq");