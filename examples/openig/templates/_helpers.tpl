{{- define "openig.name" -}}
{{ .Release.Name }}-openig
{{- end }}
{{- define "openig.labels" -}}
app.kubernetes.io/name: openig
app.kubernetes.io/instance: {{ .Release.Name }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
