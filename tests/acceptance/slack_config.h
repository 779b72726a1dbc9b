// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/fakes/slack/fake_slack.h"

namespace acceptance {

// A configuration with the sink `main`, channel `alerts`, at that Slack. `options` are further lines of the sink,
// `actions` further actions of the playbook for all alerts; `options` may go on with other parts of the configuration.
std::string slack_config(const fakes::slack::FakeSlack& slack, const std::string& options,
                         const std::string& actions = {});

}  // namespace acceptance
