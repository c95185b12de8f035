CREATE TABLE "audience_minutes" (
	"booth_id" integer NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"listeners" integer NOT NULL,
	CONSTRAINT "audience_minutes_booth_id_minute_pk" PRIMARY KEY("booth_id","minute")
);
--> statement-breakpoint
CREATE TABLE "feedback" (
	"id" uuid PRIMARY KEY NOT NULL,
	"booth_id" integer NOT NULL,
	"kind" varchar(20) NOT NULL,
	"verdict" varchar(20),
	"rating" integer,
	"figures" jsonb,
	"happened_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "booths" ADD COLUMN "recording_consent" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "venue_notes" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "embed_origins" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "listener_delay_ms" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "audience_minutes" ADD CONSTRAINT "audience_minutes_booth_id_booths_id_fk" FOREIGN KEY ("booth_id") REFERENCES "public"."booths"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_booth_id_booths_id_fk" FOREIGN KEY ("booth_id") REFERENCES "public"."booths"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feedback_booth_happened" ON "feedback" USING btree ("booth_id","happened_at");