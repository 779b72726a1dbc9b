// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/harness/http_call.h"
#include "tests/harness/process.h"

namespace integration {

// A server that speaks Prometheus' API, on a free port with its own directory.
class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string program() const = 0;
  virtual std::vector<std::string> arguments(const std::string& dir, std::uint16_t port) const = 0;
  virtual const char* health() const = 0;
  // Gives it samples, as OpenMetrics text in a file: before it starts, or when it runs. True if that worked.
  virtual bool load_before(const std::string& file, const std::string& dir) const = 0;
  virtual bool load_running(const std::string& text, std::uint16_t port) const = 0;
};

// Takes samples of the past only as blocks that promtool makes.
class PrometheusServer final : public Dialect {
 public:
  std::string program() const override { return "prometheus"; }
  std::vector<std::string> arguments(const std::string& dir, std::uint16_t port) const override {
    return {"--config.file=/dev/null", "--storage.tsdb.path=" + dir,
            fmt::format("--web.listen-address=127.0.0.1:{}", port)};
  }
  const char* health() const override { return "/-/ready"; }
  bool load_before(const std::string& file, const std::string& dir) const override {
    return harness::run({"promtool", "tsdb", "create-blocks-from", "openmetrics", file, dir}).exit.is_success();
  }
  bool load_running(const std::string&, std::uint16_t) const override { return true; }
};

// Takes them at any time, and shows them when it is told to, not 30 s later.
class VictoriaMetrics final : public Dialect {
 public:
  std::string program() const override { return "victoria-metrics"; }
  std::vector<std::string> arguments(const std::string& dir, std::uint16_t port) const override {
    return {"-storageDataPath=" + dir, fmt::format("-httpListenAddr=127.0.0.1:{}", port), "-search.latencyOffset=0s"};
  }
  const char* health() const override { return "/health"; }
  bool load_before(const std::string&, const std::string&) const override { return true; }
  bool load_running(const std::string& text, std::uint16_t port) const override {
    return harness::http_post(port, "/api/v1/import/prometheus", in_milliseconds(text), "text/plain").is_success() &&
           harness::http_get(port, "/internal/force_flush").is_success();
  }

 private:
  // OpenMetrics has seconds where the exposition format has milliseconds; both stand at the end of a line.
  static std::string in_milliseconds(const std::string& text) {
    std::string out;
    for (char c : text) out += c == '\n' ? "000\n" : std::string(1, c);
    return out;
  }
};

// Thanos Query without a store: what it computes itself. With one: thanos_test.cc.
class ThanosQuery final : public Dialect {
 public:
  std::string program() const override { return "thanos"; }
  std::vector<std::string> arguments(const std::string&, std::uint16_t port) const override {
    return {"query", fmt::format("--http-address=127.0.0.1:{}", port), "--grpc-address=127.0.0.1:0"};
  }
  const char* health() const override { return "/-/healthy"; }
  bool load_before(const std::string&, const std::string&) const override { return false; }
  bool load_running(const std::string&, std::uint16_t) const override { return false; }
};

inline std::shared_ptr<Dialect> prometheus() { return std::make_shared<PrometheusServer>(); }
inline std::shared_ptr<Dialect> victoria_metrics() { return std::make_shared<VictoriaMetrics>(); }
inline std::shared_ptr<Dialect> thanos_query() { return std::make_shared<ThanosQuery>(); }

}  // namespace integration
