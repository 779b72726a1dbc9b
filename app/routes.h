// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/task.h"
#include "net/http/server.h"

namespace app {

// One line of /readyz?verbose.
struct Check {
  std::string name;
  bool ok = true;
  std::string detail;
  bool decides = true;  // Whether the process is unready without it; else it is only told of.
};

// What the endpoints that are not intake need from the process.
struct Operations {
  std::function<std::vector<Check>()> checks;
  // Reads the configuration again; an empty list when it was taken, else what is wrong with it.
  std::function<base::Task<std::vector<std::string>>()> reload;
  // The newest findings as a JSON list.
  std::function<base::Task<net::http::ServerResponse>(int limit)> findings;
  // {"change": "replay"|"drop", "ids": [...], "all": bool} → {"changed": n}.
  std::function<base::Task<net::http::ServerResponse>(std::string body)> change_dead_letters;
};

// Adds a route for each of endpoints() but those of intake and the signed ones. `add` gets method, path and handler of
// each.
using AddRoute = std::function<void(const std::string&, const std::string&, net::http::RequestHandler)>;
// `metrics` must outlive the server.
void add_routes(const AddRoute& add, base::Metrics& metrics, Operations operations);

}  // namespace app
