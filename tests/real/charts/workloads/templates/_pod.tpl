{{/* pod (list ROOT NAME ENV): selector and template of a workload whose one container has the environment ENV. */}}
{{- define "pod" -}}
{{- $root := index . 0 -}}
selector:
  matchLabels:
    app: {{ $root.Release.Name }}-{{ index . 1 }}
template:
  metadata:
    labels:
      app: {{ $root.Release.Name }}-{{ index . 1 }}
  spec:
    containers:
    - name: main
      image: example.com/app:1
      {{- index . 2 | nindent 6 }}
{{- end -}}
{{- define "key" -}}
env:
- name: VALUE
  valueFrom:
    configMapKeyRef:
      name: {{ (index . 0).Release.Name }}-config
      key: {{ index . 1 }}
{{- end -}}
