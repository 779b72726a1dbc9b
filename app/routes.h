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

// What came of reading the configuration again.
struct Reloaded {
  std::vector<std::string> problems;  // What is wrong with it; empty: it was taken.
  std::vector<std::string> waiting;   // The options of it that take effect at the next start only.
};

// What the endpoints that are not intake need from the process.
struct Operations {
  std::function<std::vector<Check>()> checks;
  // Reads the configuration again.
  std::function<base::Task<Reloaded>()> reload;
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
