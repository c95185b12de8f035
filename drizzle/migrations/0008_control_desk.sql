CREATE TABLE "booth_notes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"booth_id" integer NOT NULL,
	"person" text NOT NULL,
	"name" varchar(200) NOT NULL,
	"text" varchar(200) NOT NULL,
	"written_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "desk_entries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"event_id" integer NOT NULL,
	"room_id" integer,
	"booth_id" integer,
	"kind" varchar(10) NOT NULL,
	"code" varchar(40) NOT NULL,
	"text" varchar(500) DEFAULT '' NOT NULL,
	"state" varchar(10) DEFAULT 'open' NOT NULL,
	"person" text,
	"name" varchar(200) DEFAULT '' NOT NULL,
	"handler" varchar(200),
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "booth_notes" ADD CONSTRAINT "booth_notes_booth_id_booths_id_fk" FOREIGN KEY ("booth_id") REFERENCES "public"."booths"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "desk_entries" ADD CONSTRAINT "desk_entries_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "desk_entries" ADD CONSTRAINT "desk_entries_room_id_rooms_id_fk" FOREIGN KEY ("room_id") REFERENCES "public"."rooms"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "desk_entries" ADD CONSTRAINT "desk_entries_booth_id_booths_id_fk" FOREIGN KEY ("booth_id") REFERENCES "public"."booths"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "booth_notes_booth" ON "booth_notes" USING btree ("booth_id","written_at");--> statement-breakpoint
CREATE INDEX "desk_entries_event" ON "desk_entries" USING btree ("event_id","opened_at");--> statement-breakpoint
CREATE UNIQUE INDEX "desk_entries_one_alert" ON "desk_entries" USING btree ("booth_id","code") WHERE "desk_entries"."kind" = 'alert' and "desk_entries"."closed_at" is null;