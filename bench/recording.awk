# A recording of `bodies` webhook bodies with one new alert each, a millisecond apart: awk -v bodies=N -f bench/recording.awk
BEGIN {
  for (i = 0; i < bodies; i++) {
    labels = sprintf("{\"alertname\":\"HighLatency%d\",\"namespace\":\"shop\",\"service\":\"cart-%d\",\"instance\":\"10.0.%d.%d:8080\",\"severity\":\"warning\"}", i % 7, i % 500, i / 250 % 250, i % 250)
    alert = sprintf("{\"status\":\"firing\",\"labels\":%s,\"annotations\":{\"summary\":\"Requests to the cart take long.\"},\"startsAt\":\"2026-01-02T03:04:05.678Z\",\"endsAt\":\"0001-01-01T00:00:00Z\",\"generatorURL\":\"http://prometheus.example.org:9090/graph\",\"fingerprint\":\"%016x\"}", labels, i)
    body = sprintf("{\"version\":\"4\",\"groupKey\":\"{}:{service=\\\"cart-%d\\\"}\",\"status\":\"firing\",\"receiver\":\"tocsin\",\"externalURL\":\"http://alertmanager.example.org:9093\",\"alerts\":[%s]}", i % 500, alert)
    received = sprintf("2026-01-02T%02d:%02d:%02d.%03dZ", 4 + i / 3600000, i / 60000 % 60, i / 1000 % 60, i % 1000)
    printf "{\"schema\":\"tocsin.intake/1\",\"source\":\"alertmanager\",\"received\":\"%s\",\"body\":%s}\n", received, body
  }
}
