{{/* The pod of a replica, whatever makes it. */}}
{{- define "bonaface.pod" -}}
metadata:
  labels:
    {{- include "bonaface.selector" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  automountServiceAccountToken: false
  # Else the cluster names its services in variables that begin as our settings do, and the server refuses to start.
  enableServiceLinks: false
  securityContext:
    {{- include "bonaface.podSecurity" . | nindent 4 }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  # preStop, then server.drain_delay and server.shutdown_grace; whatever hangs, the server ends 10 seconds later.
  terminationGracePeriodSeconds: {{ add .Values.drain.preStop .Values.drain.delay .Values.drain.grace 12 }}
  topologySpreadConstraints:
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "bonaface.selector" $ | nindent 10 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: bonaface
      image: {{ include "bonaface.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        - serve
      env:
        {{- include "bonaface.environment" . | nindent 8 }}
      ports:
        - name: http
          containerPort: 8000
        - name: metrics
          containerPort: 9464
      securityContext:
        {{- include "bonaface.security" . | nindent 8 }}
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      # Models that load twice in vain (serving.load_timeout, 60 s) end the server by themselves.
      startupProbe:
        httpGet:
          path: /readyz
          port: http
        periodSeconds: 2
        timeoutSeconds: 3
        failureThreshold: 90
      # 503 only when a new process alone helps; a call that holds the interpreter's lock shows as no answer.
      livenessProbe:
        httpGet:
          path: /healthz
          port: http
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      # A database that fails over within 15 seconds leaves every replica in the Service.
      readinessProbe:
        httpGet:
          path: /readyz
          port: http
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 3
      lifecycle:
        preStop:
          sleep:
            seconds: {{ .Values.drain.preStop }}
      volumeMounts:
        - name: temporary
          mountPath: /tmp
        {{- if eq (include "bonaface.kind" .) "StatefulSet" }}
        - name: journal
          mountPath: /data
        {{- end }}
        {{- if .Values.signing.secret }}
        - name: signing
          mountPath: /signing
          readOnly: true
        {{- end }}
  volumes:
    {{- include "bonaface.temporary" . | nindent 4 }}
    {{- with .Values.signing.secret }}
    - name: signing
      secret:
        secretName: {{ . }}
        defaultMode: 0440
    {{- end }}
{{- end -}}
