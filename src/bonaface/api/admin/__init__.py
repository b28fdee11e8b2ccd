"""`/admin/v1`: applications, secrets, quotas, usage, audit, models, for an administrator's bearer token."""
