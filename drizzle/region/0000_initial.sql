CREATE TABLE "compute_clusters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"architecture" text DEFAULT 'x86_64' NOT NULL,
	"cpu_overcommit" integer DEFAULT 100 NOT NULL,
	"memory_overcommit" integer DEFAULT 100 NOT NULL,
	"is_default" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "compute_clusters_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "enrol_tokens" (
	"hash" text PRIMARY KEY NOT NULL,
	"host_name" text NOT NULL,
	"cluster_id" uuid NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"host_id" uuid
);
--> statement-breakpoint
CREATE TABLE "flavors" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"vcpu" integer NOT NULL,
	"memory" bigint NOT NULL,
	"is_default" boolean DEFAULT false NOT NULL,
	"rank" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "flavors_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "host_allocations" (
	"vm_id" uuid PRIMARY KEY NOT NULL,
	"host_id" uuid NOT NULL,
	"vcpu" integer NOT NULL,
	"memory" bigint NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hosts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"cluster_id" uuid NOT NULL,
	"address" "inet" NOT NULL,
	"port" integer NOT NULL,
	"path_prefix" text DEFAULT '' NOT NULL,
	"state" text NOT NULL,
	"wanted_state" text DEFAULT 'available' NOT NULL,
	"reason" text,
	"state_since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"architecture" text DEFAULT 'x86_64' NOT NULL,
	"virtualisation" text,
	"inventory" jsonb,
	"checks" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"provider_networks" text[] DEFAULT '{}' NOT NULL,
	"capacity_vcpu" integer DEFAULT 0 NOT NULL,
	"capacity_memory" bigint DEFAULT 0 NOT NULL,
	"reserve_vcpu" integer DEFAULT 0 NOT NULL,
	"reserve_memory" bigint DEFAULT 0 NOT NULL,
	"allocated_vcpu" integer DEFAULT 0 NOT NULL,
	"allocated_memory" bigint DEFAULT 0 NOT NULL,
	"cpu_use" double precision,
	"load1" double precision,
	"memory_used" bigint,
	"agent_version" text,
	"boot_id" text,
	"booted_at" timestamp (3) with time zone,
	"seen_at" timestamp (3) with time zone,
	"event_sequence" bigint DEFAULT 0 NOT NULL,
	"certificate_fingerprint" text,
	"certificate_expires_at" timestamp (3) with time zone,
	"enrolled_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "image_uploads" (
	"image_id" uuid PRIMARY KEY NOT NULL,
	"file" text NOT NULL,
	"received" bigint DEFAULT 0 NOT NULL,
	"sha256" text,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "images" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"kind" text DEFAULT 'custom' NOT NULL,
	"format" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"os_family" text NOT NULL,
	"os_version" text DEFAULT '' NOT NULL,
	"architecture" text NOT NULL,
	"firmware" text NOT NULL,
	"guest_agent" boolean NOT NULL,
	"cloud_init" boolean NOT NULL,
	"default_user" text NOT NULL,
	"storage_cluster_id" uuid NOT NULL,
	"rbd_image" text NOT NULL,
	"file_size" bigint NOT NULL,
	"virtual_size" bigint,
	"sha256" text,
	"owner_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "storage_clusters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"pool" text NOT NULL,
	"media" text NOT NULL,
	"replicas" integer NOT NULL,
	"failure_domain" text NOT NULL,
	"overcommit" integer DEFAULT 1000 NOT NULL,
	"is_default" boolean DEFAULT false NOT NULL,
	"health" text DEFAULT 'unknown' NOT NULL,
	"checks" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"total_bytes" bigint,
	"used_bytes" bigint,
	"osds" integer DEFAULT 0 NOT NULL,
	"seen_at" timestamp (3) with time zone,
	CONSTRAINT "storage_clusters_name_unique" UNIQUE("name"),
	CONSTRAINT "storage_clusters_pool_unique" UNIQUE("pool")
);
--> statement-breakpoint
CREATE TABLE "addresses" (
	"subnet_id" uuid NOT NULL,
	"address" "inet" NOT NULL,
	"state" text DEFAULT 'nic' NOT NULL,
	"nic_id" uuid,
	"vm_id" uuid,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "addresses_subnet_id_address_pk" PRIMARY KEY("subnet_id","address"),
	CONSTRAINT "addresses_nic_id_unique" UNIQUE("nic_id")
);
--> statement-breakpoint
CREATE TABLE "networks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"uplink" text NOT NULL,
	"vlan" integer NOT NULL,
	"mtu" integer NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "subnets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"network_id" uuid NOT NULL,
	"cidr" text NOT NULL,
	"gateway" "inet",
	"dns" jsonb NOT NULL,
	"excluded" jsonb NOT NULL,
	"dhcp" boolean NOT NULL,
	"dhcp_server" "inet" NOT NULL,
	"lease_time" integer NOT NULL,
	"routes" jsonb NOT NULL,
	"last_offset" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "subnets_network_id_unique" UNIQUE("network_id")
);
--> statement-breakpoint
CREATE TABLE "disks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"vm_id" uuid,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"index" integer NOT NULL,
	"size" bigint NOT NULL,
	"used_bytes" bigint,
	"state" text NOT NULL,
	"storage_cluster_id" uuid NOT NULL,
	"rbd_image" text NOT NULL,
	"image_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "disks_vm_index" UNIQUE("vm_id","index")
);
--> statement-breakpoint
CREATE TABLE "nics" (
	"id" uuid PRIMARY KEY NOT NULL,
	"vm_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"network_id" uuid NOT NULL,
	"subnet_id" uuid,
	"mac" text NOT NULL,
	"address" "inet",
	"model" text NOT NULL,
	"up" boolean,
	CONSTRAINT "nics_mac_unique" UNIQUE("mac"),
	CONSTRAINT "nics_vm_index" UNIQUE("vm_id","index")
);
--> statement-breakpoint
CREATE TABLE "placements" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"vm_id" uuid NOT NULL,
	"decided_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"placement" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "vms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"state_since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"desired_power" text NOT NULL,
	"cluster_id" uuid NOT NULL,
	"host_id" uuid,
	"epoch" integer DEFAULT 0 NOT NULL,
	"image_id" uuid,
	"flavor_id" uuid,
	"vcpu" integer NOT NULL,
	"memory" bigint NOT NULL,
	"firmware" text NOT NULL,
	"cpu_mode" text NOT NULL,
	"os_family" text NOT NULL,
	"host_name" text NOT NULL,
	"cloud_init" boolean NOT NULL,
	"default_user" text NOT NULL,
	"ssh_keys" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"password_sealed" text,
	"dns" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"protected" boolean DEFAULT false NOT NULL,
	"owner_id" uuid NOT NULL,
	"owner_name" text NOT NULL,
	"guest" jsonb,
	"first_address" "inet",
	"search" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"destroyed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"token" bigint NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "task_logs" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"task_id" uuid NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"step" text,
	"level" text NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "task_steps" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"task_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"key" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"detail" text,
	"error" jsonb,
	"output" jsonb,
	CONSTRAINT "task_steps_index" UNIQUE("task_id","index")
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"target_kind" text NOT NULL,
	"target_id" text NOT NULL,
	"target_name" text NOT NULL,
	"parent_id" uuid,
	"input" jsonb NOT NULL,
	"actor" jsonb NOT NULL,
	"locale" text DEFAULT 'zh-CN' NOT NULL,
	"request_id" text,
	"progress" double precision DEFAULT 0 NOT NULL,
	"current_step" text,
	"cancellable" boolean DEFAULT false NOT NULL,
	"cancel_requested" boolean DEFAULT false NOT NULL,
	"error" jsonb,
	"attempt" integer DEFAULT 1 NOT NULL,
	"executor" text,
	"fencing_token" bigint,
	"heartbeat_at" timestamp (3) with time zone,
	"deadline_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "console_tickets" (
	"hash" text PRIMARY KEY NOT NULL,
	"vm_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"actor" jsonb NOT NULL,
	"protocol" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "findings" (
	"key" text NOT NULL,
	"resource_kind" text NOT NULL,
	"resource_id" text NOT NULL,
	"resource_name" text NOT NULL,
	"level" text NOT NULL,
	"params" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "findings_key_resource_id_pk" PRIMARY KEY("key","resource_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"account_id" uuid NOT NULL,
	"token" uuid NOT NULL,
	"procedure" text NOT NULL,
	"input_hash" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_account_id_token_pk" PRIMARY KEY("account_id","token")
);
--> statement-breakpoint
CREATE TABLE "operation_log" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"operation" text NOT NULL,
	"account_id" uuid NOT NULL,
	"account_name" text NOT NULL,
	"address" text NOT NULL,
	"client" text NOT NULL,
	"request_id" text NOT NULL,
	"resource_kind" text NOT NULL,
	"resource_id" text NOT NULL,
	"resource_name" text NOT NULL,
	"task_id" uuid,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"change" text NOT NULL,
	"resource_id" text NOT NULL,
	"data" jsonb
);
--> statement-breakpoint
CREATE TABLE "region_settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "resource_events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"resource_id" text NOT NULL,
	"resource_name" text NOT NULL,
	"type" text NOT NULL,
	"level" text NOT NULL,
	"params" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"task_id" uuid
);
--> statement-breakpoint
CREATE TABLE "service_healths" (
	"key" text PRIMARY KEY NOT NULL,
	"health" text NOT NULL,
	"params" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "enrol_tokens" ADD CONSTRAINT "enrol_tokens_cluster_id_compute_clusters_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."compute_clusters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_allocations" ADD CONSTRAINT "host_allocations_host_id_hosts_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."hosts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hosts" ADD CONSTRAINT "hosts_cluster_id_compute_clusters_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."compute_clusters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "image_uploads" ADD CONSTRAINT "image_uploads_image_id_images_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."images"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "images" ADD CONSTRAINT "images_storage_cluster_id_storage_clusters_id_fk" FOREIGN KEY ("storage_cluster_id") REFERENCES "public"."storage_clusters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "addresses" ADD CONSTRAINT "addresses_subnet_id_subnets_id_fk" FOREIGN KEY ("subnet_id") REFERENCES "public"."subnets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subnets" ADD CONSTRAINT "subnets_network_id_networks_id_fk" FOREIGN KEY ("network_id") REFERENCES "public"."networks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disks" ADD CONSTRAINT "disks_vm_id_vms_id_fk" FOREIGN KEY ("vm_id") REFERENCES "public"."vms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disks" ADD CONSTRAINT "disks_storage_cluster_id_storage_clusters_id_fk" FOREIGN KEY ("storage_cluster_id") REFERENCES "public"."storage_clusters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disks" ADD CONSTRAINT "disks_image_id_images_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."images"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "nics" ADD CONSTRAINT "nics_vm_id_vms_id_fk" FOREIGN KEY ("vm_id") REFERENCES "public"."vms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "nics" ADD CONSTRAINT "nics_network_id_networks_id_fk" FOREIGN KEY ("network_id") REFERENCES "public"."networks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vms" ADD CONSTRAINT "vms_cluster_id_compute_clusters_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."compute_clusters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vms" ADD CONSTRAINT "vms_host_id_hosts_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."hosts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vms" ADD CONSTRAINT "vms_image_id_images_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."images"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_logs" ADD CONSTRAINT "task_logs_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_steps" ADD CONSTRAINT "task_steps_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "host_allocations_host" ON "host_allocations" USING btree ("host_id");--> statement-breakpoint
CREATE UNIQUE INDEX "hosts_name_live" ON "hosts" USING btree ("name") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "hosts_cluster" ON "hosts" USING btree ("cluster_id");--> statement-breakpoint
CREATE UNIQUE INDEX "images_name_live" ON "images" USING btree ("name") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "images_state" ON "images" USING btree ("state");--> statement-breakpoint
CREATE INDEX "addresses_vm" ON "addresses" USING btree ("vm_id");--> statement-breakpoint
CREATE UNIQUE INDEX "networks_uplink_vlan_live" ON "networks" USING btree ("uplink","vlan") WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "networks_name_live" ON "networks" USING btree ("name") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "disks_storage" ON "disks" USING btree ("storage_cluster_id","size");--> statement-breakpoint
CREATE INDEX "disks_image" ON "disks" USING btree ("image_id");--> statement-breakpoint
CREATE INDEX "nics_network" ON "nics" USING btree ("network_id");--> statement-breakpoint
CREATE INDEX "placements_vm" ON "placements" USING btree ("vm_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "vms_name_live" ON "vms" USING btree ("name") WHERE state <> 'destroyed';--> statement-breakpoint
CREATE INDEX "vms_by_created" ON "vms" USING btree ("created_at","id") WHERE state not in ('deleted', 'destroyed');--> statement-breakpoint
CREATE INDEX "vms_by_name" ON "vms" USING btree ("name","id") WHERE state not in ('deleted', 'destroyed');--> statement-breakpoint
CREATE INDEX "vms_by_state" ON "vms" USING btree ("state","id") WHERE state not in ('deleted', 'destroyed');--> statement-breakpoint
CREATE INDEX "vms_by_vcpu" ON "vms" USING btree ("vcpu","id") WHERE state not in ('deleted', 'destroyed');--> statement-breakpoint
CREATE INDEX "vms_by_memory" ON "vms" USING btree ("memory","id") WHERE state not in ('deleted', 'destroyed');--> statement-breakpoint
CREATE INDEX "vms_by_address" ON "vms" USING btree ("first_address","id") WHERE state not in ('deleted', 'destroyed');--> statement-breakpoint
CREATE INDEX "vms_by_host" ON "vms" USING btree ("host_id","id") WHERE state not in ('deleted', 'destroyed');--> statement-breakpoint
CREATE INDEX "vms_by_image" ON "vms" USING btree ("image_id");--> statement-breakpoint
CREATE INDEX "vms_by_owner" ON "vms" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "vms_search" ON "vms" USING gin ("search" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "task_logs_task" ON "task_logs" USING btree ("task_id","id");--> statement-breakpoint
CREATE INDEX "tasks_by_created" ON "tasks" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "tasks_active" ON "tasks" USING btree ("state","created_at") WHERE state in ('queued', 'running', 'undoing', 'parked');--> statement-breakpoint
CREATE INDEX "tasks_target" ON "tasks" USING btree ("target_id","created_at");--> statement-breakpoint
CREATE INDEX "tasks_parent" ON "tasks" USING btree ("parent_id") WHERE parent_id is not null;--> statement-breakpoint
CREATE INDEX "idempotency_created" ON "idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "operation_log_at" ON "operation_log" USING btree ("at");--> statement-breakpoint
CREATE INDEX "operation_log_resource" ON "operation_log" USING btree ("resource_id","id");--> statement-breakpoint
CREATE INDEX "outbox_at" ON "outbox" USING btree ("at");--> statement-breakpoint
CREATE INDEX "resource_events_resource" ON "resource_events" USING btree ("resource_id","id");