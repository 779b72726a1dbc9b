// SPDX-License-Identifier: Apache-2.0
#include "app/service.h"

#include <fmt/format.h>

#include <mutex>
#include <thread>

#include "app/await.h"
#include "app/front_door.h"
#include "app/input_recorder.h"
#include "app/log_endpoints.h"
#include "app/pipeline.h"
#include "app/routes.h"
#include "app/threads.h"
#include "base/log.h"
#include "base/version.h"
#include "bus/embedded/embedded_bus.h"
#include "ingest/alert_webhook.h"
#include "net/http/curl_client.h"

namespace app {

namespace {

using net::http::ServerRequest;
using net::http::ServerResponse;

// Stages give way to intake and health: what is accepted is durable and can wait, what is not yet accepted can't.
constexpr int kWorkNice = 15;

int work_threads() { return static_cast<int>(std::max(2u, std::thread::hardware_concurrency())); }

std::vector<std::string> as_lines(const base::yaml::Problems& problems, const std::string& file) {
  std::vector<std::string> lines;
  for (const auto& problem : problems.sorted()) lines.push_back(base::yaml::to_string(problem, file));
  return lines;
}

}  // namespace

struct Service::Parts {
  explicit Parts(ServiceSettings given) : settings(std::move(given)) {}

  base::Result<void> load();
  base::Result<void> start_bus();
  base::Result<void> start_pipeline();
  base::Result<void> start_server();
  base::Task<std::vector<std::string>> reload();
  base::Task<ServerResponse> intake(ServerRequest request);
  std::vector<Check> checks() const;
  void note_reload(bool ok);

  const ServiceSettings settings;
  base::Metrics metrics;
  base::SystemClock clock;
  base::Rng rng{static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count())};
  Threads net{"net", 1};
  Threads work{"work", work_threads(), kWorkNice};
  Threads files{"files", 1, kWorkNice};
  std::unique_ptr<InputRecorder> recorder;
  std::unique_ptr<net::http::Client> http;
  std::unique_ptr<net::http::Client> sink_http;  // Null: sinks send with `http`.
  std::optional<Config> config;
  std::unique_ptr<bus::Bus> bus;
  std::unique_ptr<Pipeline> pipeline;
  std::unique_ptr<ingest::AlertWebhook> webhook;
  std::unique_ptr<FrontDoor> door;
  mutable std::mutex mutex;  // Guards the two below.
  std::string broken_config;
  bool reloading = false;
  bool stopped = false;
};

base::Result<void> Service::Parts::load() {
  http = net::http::make_client({}, net.executor());
  if (!settings.record.empty()) {
    // Questions are recorded, what sinks say is not: their URLs and bodies hold tokens, and a replay tells nobody.
    BOOST_OUTCOME_TRY(recorder, InputRecorder::open(settings.record));
    http = recorder->wrap(std::move(http));
    sink_http = net::http::make_client({}, net.executor());
    BOOST_OUTCOME_TRY(sink_http->start());
  }
  base::yaml::Problems problems;
  config = load_config(settings.config, {*http, files.executor(), sink_http.get()}, problems);
  for (const std::string& line : as_lines(problems, settings.config)) base::log::warn("config: " + line);
  if (!config) return base::permanent(base::Reason::kBadRequest, settings.config + ": has errors, see above");
  return http->start();
}

base::Result<void> Service::Parts::start_bus() {
  bus::embedded::EmbeddedOptions options;
  options.data_dir = settings.data_dir;
  options.max_age = config->bus.retention.age;
  options.max_bytes = config->bus.retention.bytes;
  options.dead_letter_age = config->bus.retention.dead_letters;
  bus = bus::embedded::make_embedded_bus(options, clock, metrics);
  return bus->start();
}

base::Result<void> Service::Parts::start_pipeline() {
  std::vector<std::string> topics;
  BOOST_OUTCOME_TRY(auto archive, bus::embedded::open_embedded_archive(settings.data_dir));
  BOOST_OUTCOME_TRY(topics, archive->topics());
  pipeline = std::make_unique<Pipeline>(std::move(*config), Roles::of(settings.roles),
                                        PipelineDeps{*bus, clock, rng, metrics, work.executor()});
  return pipeline->start(topics);
}

base::Result<void> Service::Parts::start_server() {
  BOOST_OUTCOME_TRY(
      door, FrontDoor::open(pipeline->config().server, settings.listen, net.executor(), files.executor(), metrics));
  webhook = std::make_unique<ingest::AlertWebhook>(*bus, clock, metrics);
  if (Roles::of(settings.roles).ingest) {
    door->route("POST", "/api/alerts", [this](ServerRequest request) { return intake(std::move(request)); });
  }
  auto add = [this](auto& method, auto& path, auto handler) { door->route(method, path, std::move(handler)); };
  add_routes(add, metrics,
             {.checks = [this] { return checks(); },
              .reload = [this] { return on(work.executor(), reload()); },
              .findings = [this](int limit) { return on(files.executor(), newest_findings(settings.data_dir, limit)); },
              .change_dead_letters =
                  [this](std::string body) {
                    return on(files.executor(), change_letters(settings.data_dir, *bus, std::move(body)));
                  }});
  return door->start();
}

base::Task<ServerResponse> Service::Parts::intake(ServerRequest request) {
  std::string body = recorder ? request.body : std::string();
  auto response = co_await webhook->handle(std::move(request));
  if (recorder && response.status == 200) recorder->accepted(clock.now(), body);
  co_return response;
}

std::vector<Check> Service::Parts::checks() const {
  auto health = bus->health();
  std::vector<Check> found;
  {
    std::lock_guard lock(mutex);
    found = {{"config", true, broken_config.empty() ? "" : "the file on disk is broken, the one before it runs"},
             {"log", health.writable, health.detail}};
  }
  // A sick sink keeps its deliveries; restarting or avoiding this process would mend nothing.
  for (auto& sink : pipeline->sink_health()) {
    found.push_back({"sink/" + sink.sink, sink.ok, std::move(sink.detail), false});
  }
  return found;
}

void Service::Parts::note_reload(bool ok) {
  metrics.gauge("tocsin_config_last_reload_successful", "Whether the last configuration file read was taken.")
      .Set(ok ? 1 : 0);
  if (ok) {
    metrics.gauge("tocsin_config_last_reload_success_timestamp_seconds", "When a configuration file was last taken.")
        .Set(base::to_unix_seconds(clock.now()));
  }
}

base::Task<std::vector<std::string>> Service::Parts::reload() {
  std::vector<std::string> errors;
  {
    std::lock_guard lock(mutex);
    if (std::exchange(reloading, true)) {
      errors.push_back("a reload is under way");
      co_return errors;
    }
  }
  base::yaml::Problems problems;
  auto next = load_config(settings.config, {*http, files.executor(), sink_http.get()}, problems);
  auto lines = as_lines(problems, settings.config);
  for (const std::string& line : lines) base::log::warn("reload: " + line);
  if (next) {
    ServerSection server = next->server;
    auto applied = co_await pipeline->apply(std::move(*next));
    if (!applied) errors.push_back(applied.error().message);
    if (applied) door->take(server);
  } else {
    errors = lines;
  }
  note_reload(errors.empty());
  base::log::info(errors.empty() ? "reload: taken" : "reload: refused, the configuration before it stays",
                  {{"file", settings.config}});
  std::lock_guard lock(mutex);
  reloading = false;
  broken_config = errors.empty() ? "" : errors.front();
  co_return errors;
}

Service::Service(ServiceSettings settings) : parts_(std::make_unique<Parts>(std::move(settings))) {}

Service::~Service() { stop(); }

base::Result<void> Service::start() {
  parts_->metrics.gauge("tocsin_build_info", "1, with the version.", {{"version", base::kVersion}}).Set(1);
  BOOST_OUTCOME_TRY(parts_->load());
  parts_->note_reload(true);
  BOOST_OUTCOME_TRY(parts_->start_bus());
  BOOST_OUTCOME_TRY(parts_->start_pipeline());
  return parts_->start_server();
}

void Service::reload() { await(parts_->work.executor(), parts_->reload()); }

void Service::stop() {
  if (std::exchange(parts_->stopped, true)) return;
  auto end = [&](auto& part) {
    if (part) await(parts_->work.executor(), part->stop());
  };
  end(parts_->door);
  end(parts_->bus);
  end(parts_->pipeline);
  end(parts_->http);
  end(parts_->sink_http);
  base::log::info("tocsin: stopped");
}

}  // namespace app
