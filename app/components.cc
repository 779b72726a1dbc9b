// SPDX-License-Identifier: Apache-2.0
#include "app/components.h"

#include "enrichers/alert/alert_actions.h"
#include "enrichers/alert/cluster_enrichers.h"
#include "enrichers/finding/finding_actions.h"
#include "enrichers/graph/graph_actions.h"
#include "enrichers/silence/silencers.h"
#include "enrichers/text/text_actions.h"
#include "playbooks/triggers/on_prometheus_alert.h"
#include "sinks/file/file_sink.h"
#include "sinks/slack/slack_sink.h"
#include "sinks/webhook/webhook_sink.h"

namespace app {

const Components& components() {
  static const Components made = [] {
    Components c;
    c.triggers.add(playbooks::on_prometheus_alert_type());

    c.actions.add(enrichers::alert_definition_enricher_type());
    c.actions.add(enrichers::alert_explanation_enricher_type());
    c.actions.add(enrichers::alert_graph_enricher_type());
    c.actions.add(enrichers::button_enricher_type());
    c.actions.add(enrichers::cpu_overcommited_enricher_type());
    c.actions.add(enrichers::create_finding_type());
    c.actions.add(enrichers::custom_graph_enricher_type());
    c.actions.add(enrichers::customise_finding_type());
    c.actions.add(enrichers::default_enricher_type());
    c.actions.add(enrichers::external_video_enricher_type());
    c.actions.add(enrichers::graph_enricher_type());
    c.actions.add(enrichers::memory_overcommited_enricher_type());
    c.actions.add(enrichers::mention_enricher_type());
    c.actions.add(enrichers::minimal_default_enricher_type());
    c.actions.add(enrichers::name_silencer_type());
    c.actions.add(enrichers::node_graph_enricher_type());
    c.actions.add(enrichers::oomkilled_container_graph_enricher_type());
    c.actions.add(enrichers::opsgenie_slack_enricher_type());
    c.actions.add(enrichers::pod_graph_enricher_type());
    c.actions.add(enrichers::pod_node_graph_enricher_type());
    c.actions.add(enrichers::severity_silencer_type());
    c.actions.add(enrichers::silence_alert_type());
    c.actions.add(enrichers::stack_overflow_enricher_type());
    c.actions.add(enrichers::template_enricher_type());
    c.actions.add(enrichers::version_mismatch_enricher_type());

    c.sinks.add(sinks::file_sink_type());
    c.sinks.add(sinks::slack_sink_type());
    c.sinks.add(sinks::webhook_sink_type());
    return c;
  }();
  return made;
}

}  // namespace app
