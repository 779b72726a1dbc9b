// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/task.h"
#include "base/time.h"
#include "net/http/client.h"

namespace net::alertmanager {

// What a silence is made of; its matchers are equalities.
struct NewSilence {
  std::map<std::string, std::string> matchers;
  base::Time starts;
  base::Time ends;
  std::string created_by;
  std::string comment;
};

// A silence as Alertmanager has it.
struct Silence {
  std::string id;
  base::Time ends;
  std::string created_by;
  std::string comment;
};

// Silences of one Alertmanager, or of a cluster of them behind one URL, by its API v2
// (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml). Thread-safe. Errors as classify() has
// them, with Alertmanager's own words.
class Silences {
 public:
  // `url` may have a path prefix. `http` must outlive it.
  Silences(http::Client& http, std::string url, http::Access access);

  // Those that are active and match the label, which keeps the list short.
  base::Task<base::Result<std::vector<Silence>>> active(std::string label, std::string value, base::Deadline deadline);
  // Makes one: its id. Two calls make two.
  base::Task<base::Result<std::string>> create(NewSilence silence, base::Deadline deadline);

 private:
  base::Task<base::Result<std::string>> ask(http::Request request, base::Deadline deadline);

  http::Client& http_;
  const std::string url_;
  const http::Access access_;
};

}  // namespace net::alertmanager
