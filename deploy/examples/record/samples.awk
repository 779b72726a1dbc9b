# Prints, as OpenMetrics, what a small shop's cluster measured around an incident: three replicas of "checkout" leak
# memory until one is killed, errors rise with it, and a host outside the cluster stops answering.
# Usage: awk -v now=UNIX_SECONDS -f samples.awk
function line(name, labels, value, t) { printf "%s{%s} %.6g %d\n", name, labels, value, t }
function noise(t, seed) { return sin(t / 37 + seed) * 0.6 + sin(t / 101 + seed * 3) * 0.4 }
BEGIN {
  step = 15; from = now - 3 * 3600; fail = now + 20; fixed = now + 100; to = now + 600
  limit = 512 * 1048576
  split("checkout-7d9f8c6b5-x2x4z checkout-7d9f8c6b5-m9kqd checkout-7d9f8c6b5-t5wvb", pods, " ")

  print "# TYPE container_memory_working_set_bytes gauge"
  for (p = 1; p <= 3; p++) {
    labels = "namespace=\"shop\",pod=\"" pods[p] "\",container=\"checkout\",node=\"node-" p "\""
    for (t = from; t <= to; t += step) {
      grown = (t - from) / (fail - from)
      share = t < fixed ? 0.32 + 0.63 * grown * grown + 0.012 * noise(t, p) - 0.02 * p : 0.30 + 0.01 * noise(t, p)
      line("container_memory_working_set_bytes", labels, share * limit, t)
    }
  }
  print "# TYPE kube_pod_container_resource_limits gauge"
  for (p = 1; p <= 3; p++) {
    labels = "namespace=\"shop\",pod=\"" pods[p] "\",container=\"checkout\",resource=\"memory\",unit=\"byte\""
    for (t = from; t <= to; t += step) line("kube_pod_container_resource_limits", labels, limit, t)
  }
  print "# TYPE shop_http_errors_ratio gauge"
  for (t = from; t <= to; t += step) {
    ratio = 0.004 + 0.002 * (1 + noise(t, 9))
    if (t > fail - 600 && t < fixed) ratio += 0.16 * (t - fail + 600) / 620
    line("shop_http_errors_ratio", "namespace=\"shop\",deployment=\"checkout\"", ratio, t)
  }
  print "# TYPE probe_success gauge"
  for (t = from; t <= to; t += step) {
    line("probe_success", "job=\"blackbox\",instance=\"https://pay.example.com\"", t > fail && t < fixed ? 0 : 1, t)
  }
  print "# EOF"
}
