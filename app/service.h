// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace app {

// What `tocsin run` was told on its command line.
struct ServiceSettings {
  std::string config;
  std::string data_dir;
  std::string listen;  // Empty: as configured.
  std::vector<std::string> roles;
  std::string record;  // Empty: nothing is recorded.
};

// The whole process: log, stages, HTTP server. Its owner waits for signals and tells it; everything else happens on its
// threads. Call it from one thread.
class Service {
 public:
  explicit Service(ServiceSettings settings);
  // Stops.
  ~Service();

  // Ready to serve, or why not. Problems of the configuration are logged line by line.
  base::Result<void> start();
  // Takes the configuration file anew; a broken one changes nothing and is logged.
  void reload();
  // Takes no more, finishes what is under way, closes. Works twice.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace app
