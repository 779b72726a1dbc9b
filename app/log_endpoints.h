// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/task.h"
#include "bus/bus.h"
#include "net/http/server.h"

namespace app {

// The endpoints that look into the log. They block on I/O: run them on a pool for that.

// The newest findings of a data directory, as a JSON list.
base::Task<net::http::ServerResponse> newest_findings(std::string data_dir, int limit);

// Plays dead letters again or drops them, as the body says: {"change": "replay"|"drop", "ids": [...], "all": bool},
// with ids or their beginnings. Answers {"changed": n}.
base::Task<net::http::ServerResponse> change_letters(std::string data_dir, bus::Bus& bus, std::string body);

}  // namespace app
