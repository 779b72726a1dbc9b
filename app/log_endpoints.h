// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "bus/archive.h"
#include "bus/bus.h"
#include "net/http/server.h"

namespace app {

// The endpoints that look into the log. They block on I/O: run them on a pool for that.

// Opens the log for looking.
using OpenArchive = std::function<base::Result<std::unique_ptr<bus::Archive>>()>;

// The newest findings of the log, as a JSON list.
base::Task<net::http::ServerResponse> newest_findings(OpenArchive open, int limit);

// Plays dead letters again or drops them, as the body says: {"change": "replay"|"drop", "ids": [...], "all": bool},
// with ids or their beginnings. Answers {"changed": n}; where an id means no letter (404) or several (400), none is
// changed. `at_once`: see change_dead_letters().
base::Task<net::http::ServerResponse> change_letters(OpenArchive open, bus::Bus& bus, bool at_once, std::string body);

// The topics of sinks other than `configured` that have deliveries to be ended.
base::Task<base::Result<std::vector<std::string>>> unfinished_deliveries(OpenArchive open,
                                                                         std::vector<std::string> configured);

}  // namespace app
