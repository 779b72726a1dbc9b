// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "net/http/server.h"

namespace net::http {

// Counts what was answered under one path: tocsin_http_requests_total{path,code} and
// tocsin_http_request_seconds{path}. Thread-safe.
class PathMetrics {
 public:
  // `metrics` must outlive it.
  PathMetrics(base::Metrics& metrics, std::string path);
  // Before the answer is sent, so that whoever has it finds it counted.
  void count(int status);
  void took(std::chrono::steady_clock::duration time);

 private:
  base::Metrics& metrics_;
  std::string path_;
  prometheus::Histogram& seconds_;
  std::mutex mutex_;
  std::vector<std::pair<int, prometheus::Counter*>> by_status_;
};

// What is served, by path and method. Filled before the server starts and only read afterwards.
class Routes {
 public:
  explicit Routes(base::Metrics& metrics);

  // What answers a method of a path.
  struct Route {
    RequestHandler handler;
    Admission admit = {};
    std::size_t max_body_bytes = kAnyBody;
  };

  // What a request leads to: a handler, or the refusal where there is none.
  struct Match {
    const RequestHandler* handler = nullptr;
    const Admission* admit = nullptr;  // With a handler; may be empty.
    ServerResponse refusal;
    PathMetrics* metrics = nullptr;
    std::size_t max_body_bytes = kAnyBody;
  };

  void add(std::string method, std::string path, Route route);
  // HEAD finds the handler of GET; OPTIONS is answered here.
  Match find(std::string_view method, std::string_view path);
  // For requests whose path is not ours or can't be read; label "other".
  PathMetrics& other() { return other_; }

 private:
  struct Path {
    Path(base::Metrics& metrics, const std::string& path) : counted(metrics, path) {}
    std::map<std::string, Route, std::less<>> by_method;
    PathMetrics counted;
  };

  base::Metrics& metrics_;
  PathMetrics other_;
  std::map<std::string, Path, std::less<>> paths_;
};

}  // namespace net::http
