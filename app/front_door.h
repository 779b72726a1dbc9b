// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/guard.h"
#include "app/server_section.h"
#include "base/task_group.h"

namespace app {

// The HTTP server as the section `server` wants it, with its guard and its certificate, which are kept current while it
// runs: files of the certificate are looked at every few seconds. `clock` and `metrics` must outlive
// it.
class FrontDoor {
 public:
  // Files are read on `files`. `listen_flag` is what the command line says, if anything.
  static base::Result<std::unique_ptr<FrontDoor>> open(const ServerSection& section, const std::string& listen_flag,
                                                       base::Executor net, base::Executor files,
                                                       const base::Clock& clock, base::Metrics& metrics);
  ~FrontDoor();

  // As Guard has it. Before start().
  void route(const std::string& method, const std::string& path, net::http::RequestHandler handler,
             net::http::Admission own = {}, std::size_t max_body_bytes = net::http::kAnyBody) {
    guard_.route(*server_, method, path, std::move(handler), std::move(own), max_body_bytes);
  }

  base::Result<void> start();
  base::Task<void> stop();

  // After a reload: credentials and certificates count from the next request and connection on. Connections stay. Not
  // at the same time as itself. Returns the options that take effect at the next start only.
  std::vector<std::string> take(const ServerSection& next);

 private:
  FrontDoor(ServerSection section, base::Executor files, const base::Clock& clock, base::Metrics& metrics);
  base::Task<void> watch_certificate();

  ServerSection section_;  // As started, but for what take() can change.
  Guard guard_;
  std::string address_;
  std::shared_ptr<net::http::ServerTls> tls_;  // Null: in the clear.
  std::unique_ptr<net::http::Server> server_;
  base::TaskGroup watch_;
};

}  // namespace app
