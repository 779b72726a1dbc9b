// SPDX-License-Identifier: Apache-2.0
#include "app/components.h"

#include "enrichers/alert/alert_actions.h"
#include "enrichers/graph/graph_actions.h"
#include "enrichers/silence/silencers.h"
#include "enrichers/text/text_actions.h"
#include "playbooks/triggers/on_prometheus_alert.h"
#include "sinks/file/file_sink.h"
#include "sinks/webhook/webhook_sink.h"

namespace app {

const Components& components() {
  static const Components made = [] {
    Components c;
    c.triggers.add(playbooks::on_prometheus_alert_type());

    c.actions.add(enrichers::alert_definition_enricher_type());
    c.actions.add(enrichers::custom_graph_enricher_type());
    c.actions.add(enrichers::default_enricher_type());
    c.actions.add(enrichers::graph_enricher_type());
    c.actions.add(enrichers::mention_enricher_type());
    c.actions.add(enrichers::name_silencer_type());
    c.actions.add(enrichers::severity_silencer_type());
    c.actions.add(enrichers::silence_alert_type());
    c.actions.add(enrichers::template_enricher_type());

    c.sinks.add(sinks::file_sink_type());
    c.sinks.add(sinks::webhook_sink_type());
    return c;
  }();
  return made;
}

}  // namespace app
