// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sinks/sink.h"
#include "sinks/slack/api.h"
#include "sinks/slack/history.h"
#include "sinks/slack/options.h"

namespace sinks::slack {

// Asks for the token (auth.test), its scopes and the channel. An incoming webhook can't be asked: its probe says so.
base::Task<Probe> probe(const Options& options, Api& api, History& history, base::Deadline deadline);

}  // namespace sinks::slack
