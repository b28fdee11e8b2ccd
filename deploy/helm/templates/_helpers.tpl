{{- define "bonaface.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "bonaface.selector" -}}
app.kubernetes.io/name: bonaface
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end -}}

{{- define "bonaface.labels" -}}
app.kubernetes.io/name: bonaface
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "bonaface.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "bonaface.kind" -}}
{{- if gt (int64 .Values.journal.bytes) 0 }}StatefulSet{{ else }}Deployment{{ end -}}
{{- end -}}

{{/* All settings as variables. Those that the chart's other parts rest on cannot be set otherwise. */}}
{{- define "bonaface.environment" -}}
{{- $storage := dict "migrate" "check" "journal_bytes" (int64 .Values.journal.bytes) -}}
{{- $server := dict "drain_delay" .Values.drain.delay "shutdown_grace" .Values.drain.grace "trusted_proxies" .Values.trustedProxies -}}
{{- $own := dict "storage" $storage "server" $server "metrics" (dict "host" "0.0.0.0" "port" 9464) -}}
{{- if not .Values.redis.secret.name -}}
{{- $_ := set $own "limits" (dict "store" "database") -}}
{{- end -}}
{{- if .Values.signing.secret -}}
{{- $_ := set $own "signing" (dict "key_file" "/signing/signing.json") -}}
{{- end -}}
{{- range $section, $values := mergeOverwrite (deepCopy .Values.settings) $own }}
{{- range $name, $value := $values }}
- name: {{ printf "BONAFACE_%s__%s" $section $name | upper }}
  value: {{ (kindIs "string" $value | ternary $value (toJson $value)) | quote }}
{{- end }}
{{- end }}
{{ include "bonaface.databaseUrl" . }}
{{- if .Values.redis.secret.name }}
- name: BONAFACE_LIMITS__STORE
  valueFrom:
    secretKeyRef:
      name: {{ .Values.redis.secret.name }}
      key: {{ .Values.redis.secret.key }}
{{- end }}
{{- end -}}

{{- define "bonaface.databaseUrl" -}}
- name: BONAFACE_STORAGE__URL
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.secret.name }}
      key: {{ .Values.database.secret.key }}
{{- end -}}

{{- define "bonaface.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "bonaface.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{- define "bonaface.temporary" -}}
- name: temporary
  emptyDir:
    medium: Memory
    sizeLimit: 64Mi
{{- end -}}
