// SPDX-License-Identifier: Apache-2.0
#include "tests/acceptance/slack_config.h"

namespace acceptance {

std::string slack_config(const fakes::slack::FakeSlack& slack, const std::string& options, const std::string& actions) {
  return R"(clusterName: acceptance
customPlaybooks:
  - triggers:
      - on_prometheus_alert: {}
    actions:
      - default_enricher: {}
)" + actions +
         R"(sinksConfig:
  - slack_sink:
      name: main
      slack_channel: alerts
      api_key: )" +
         fakes::slack::FakeSlack::kToken + "\n      api_url: " + slack.api_url() + "\n" + options;
}

}  // namespace acceptance
