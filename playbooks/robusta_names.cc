// SPDX-License-Identifier: Apache-2.0
#include "playbooks/robusta_names.h"

#include <algorithm>
#include <array>

namespace playbooks::robusta {

namespace {

// on_<kind>_<operation> exists for each pair
// (https://docs.robusta.dev/master/playbook-reference/triggers/kubernetes.html).
constexpr std::array<std::string_view, 21> kKinds = {"clusterrole",
                                                     "clusterrolebinding",
                                                     "configmap",
                                                     "daemonset",
                                                     "deployment",
                                                     "event",
                                                     "horizontalpodautoscaler",
                                                     "ingress",
                                                     "job",
                                                     "kubernetes_any_resource",
                                                     "namespace",
                                                     "networkpolicy",
                                                     "node",
                                                     "persistentvolume",
                                                     "persistentvolumeclaim",
                                                     "pod",
                                                     "replicaset",
                                                     "secret",
                                                     "service",
                                                     "serviceaccount",
                                                     "statefulset"};
constexpr std::array<std::string_view, 4> kOperations = {"all_changes", "create", "delete", "update"};

constexpr std::array<std::string_view, 16> kOtherTriggers = {"on_container_oom_killed",
                                                             "on_helm_release_deploy",
                                                             "on_helm_release_fail",
                                                             "on_helm_release_unhealthy",
                                                             "on_image_pull_backoff",
                                                             "on_job_failure",
                                                             "on_kubernetes_resource_operation",
                                                             "on_kubernetes_warning_event",
                                                             "on_kubernetes_warning_event_create",
                                                             "on_kubernetes_warning_event_delete",
                                                             "on_kubernetes_warning_event_update",
                                                             "on_pod_crash_loop",
                                                             "on_pod_evicted",
                                                             "on_pod_oom_killed",
                                                             "on_prometheus_alert",
                                                             "on_schedule"};

// Sorted.
constexpr std::string_view kActions[] = {"ack_opsgenie_alert_from_slack",
                                         "add_alert_lines_to_grafana",
                                         "add_deployment_lines_to_grafana",
                                         "add_silence",
                                         "alert_definition_enricher",
                                         "alert_explanation_enricher",
                                         "alert_foreign_logs_enricher",
                                         "alert_graph_enricher",
                                         "alert_handling_job",
                                         "alert_on_hpa_reached_limit",
                                         "alertmanager_alert",
                                         "api_service_status_enricher",
                                         "argo_app_sync",
                                         "ask_holmes",
                                         "button_enricher",
                                         "cleanup_robusta_pods",
                                         "cluster_discovery_updates",
                                         "config_ab_testing",
                                         "cordon",
                                         "count_pod_creations",
                                         "cpu_overcommited_enricher",
                                         "cpu_throttling_analysis_enricher",
                                         "create_event_finding",
                                         "create_finding",
                                         "create_pvc_snapshot",
                                         "custom_graph_enricher",
                                         "customise_finding",
                                         "daemonset_fix_config",
                                         "daemonset_misscheduled_analysis_enricher",
                                         "daemonset_misscheduled_smart_silencer",
                                         "daemonset_silence_false_alarm",
                                         "daemonset_status_enricher",
                                         "debugger_stack_trace",
                                         "default_enricher",
                                         "delete_alert_pod",
                                         "delete_job",
                                         "delete_pod",
                                         "delete_silence",
                                         "deployment_events_enricher",
                                         "deployment_status_enricher",
                                         "deployment_status_report",
                                         "disk_benchmark",
                                         "drain",
                                         "echo",
                                         "enrich_pod_with_node_events",
                                         "event_history",
                                         "event_report",
                                         "event_resource_events",
                                         "external_video_enricher",
                                         "fail_krr_scan",
                                         "fetch_cr_instances",
                                         "fetch_crds",
                                         "fetch_resource_events",
                                         "fetch_resource_yaml",
                                         "foreign_logs_enricher",
                                         "generate_high_cpu",
                                         "get_resource_yaml",
                                         "get_silences",
                                         "git_change_audit",
                                         "graph_enricher",
                                         "handle_alertmanager_event",
                                         "helm_status_enricher",
                                         "holmes_chat",
                                         "holmes_conversation",
                                         "holmes_issue_chat",
                                         "holmes_oauth",
                                         "hpa_events_enricher",
                                         "hpa_mismatch_enricher",
                                         "http_get",
                                         "http_post",
                                         "http_put",
                                         "http_stress_test",
                                         "image_pull_backoff_reporter",
                                         "incluster_ping",
                                         "java_process_inspector",
                                         "job_events_enricher",
                                         "job_info_enricher",
                                         "job_pod_enricher",
                                         "job_restart_on_oomkilled_community",
                                         "json_change_tracker",
                                         "krr_scan",
                                         "kubectl_command",
                                         "kubectl_describe",
                                         "list_pods",
                                         "list_resource_names",
                                         "logs_enricher",
                                         "memory_overcommited_enricher",
                                         "mention_enricher",
                                         "minimal_default_enricher",
                                         "name_silencer",
                                         "node_allocatable_resources_enricher",
                                         "node_bash_enricher",
                                         "node_cpu_enricher",
                                         "node_disk_analyzer",
                                         "node_dmesg_enricher",
                                         "node_graph_enricher",
                                         "node_health_watcher",
                                         "node_pods_capacity_enricher",
                                         "node_restart_silencer",
                                         "node_running_pods_enricher",
                                         "node_status_enricher",
                                         "oom_killer_enricher",
                                         "oomkilled_container_graph_enricher",
                                         "opsgenie_slack_enricher",
                                         "pod_bash_enricher",
                                         "pod_dmesg_enricher",
                                         "pod_events_enricher",
                                         "pod_evicted_enricher",
                                         "pod_graph_enricher",
                                         "pod_issue_investigator",
                                         "pod_jmap_pid",
                                         "pod_jstack_pid",
                                         "pod_node_graph_enricher",
                                         "pod_oom_killer_enricher",
                                         "pod_ps",
                                         "pod_status_silencer",
                                         "popeye_scan",
                                         "process_scan",
                                         "prometheus_alert",
                                         "prometheus_all_available_metrics",
                                         "prometheus_enricher",
                                         "prometheus_get_label_names",
                                         "prometheus_get_series",
                                         "prometheus_rules_enricher",
                                         "prometheus_sla_enricher",
                                         "python_debugger",
                                         "python_memory",
                                         "python_process_inspector",
                                         "python_profiler",
                                         "related_pods",
                                         "report_crash_loop",
                                         "report_image_changes",
                                         "report_rendering_task",
                                         "resource_babysitter",
                                         "resource_events_diff",
                                         "resource_events_enricher",
                                         "restart_loop_reporter",
                                         "restart_named_rollout",
                                         "rollout_restart",
                                         "scale_hpa_callback",
                                         "severity_silencer",
                                         "show_stackoverflow_search",
                                         "silence_alert",
                                         "stack_overflow_enricher",
                                         "statefulset_replicas_enricher",
                                         "status_enricher",
                                         "target_down_dns_enricher",
                                         "target_down_dns_silencer",
                                         "template_enricher",
                                         "test_pod_orm",
                                         "trigger_workflow",
                                         "uncordon",
                                         "version_mismatch_enricher",
                                         "volume_analysis",
                                         "warning_events_report"};
static_assert(std::ranges::is_sorted(kActions));

}  // namespace

bool has_trigger(std::string_view name) {
  if (std::ranges::find(kOtherTriggers, name) != kOtherTriggers.end()) return true;
  if (!name.starts_with("on_")) return false;
  name.remove_prefix(3);
  return std::ranges::any_of(kKinds, [&](std::string_view kind) {
    return name.size() > kind.size() && name.starts_with(kind) && name[kind.size()] == '_' &&
           std::ranges::find(kOperations, name.substr(kind.size() + 1)) != kOperations.end();
  });
}

bool has_action(std::string_view name) { return std::ranges::binary_search(kActions, name); }

std::vector<std::string> trigger_names() {
  std::vector<std::string> names(kOtherTriggers.begin(), kOtherTriggers.end());
  for (std::string_view kind : kKinds) {
    for (std::string_view operation : kOperations) {
      names.push_back("on_" + std::string(kind) + "_" + std::string(operation));
    }
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> action_names() { return {std::begin(kActions), std::end(kActions)}; }

}  // namespace playbooks::robusta
