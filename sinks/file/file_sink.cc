// SPDX-License-Identifier: Apache-2.0
#include "sinks/file/file_sink.h"

#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "base/run_on.h"
#include "sinks/render/text.h"

namespace sinks::file {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kStandardOutput = "stdout";

const base::OptionTable<Options>& options_table() {
  static const auto table = [] {
    base::OptionTable<Options> t("file_sink", "Appends each transition of an incident to a file, or prints it.");
    add_sink_options(t);
    t.option("file_name", &Options::file_name, "The file; `stdout` prints.");
    t.choice("format", &Options::format, "A line of JSON (`tocsin.transition/1`), or text for people.",
             {{"json", Format::kJson}, {"text", Format::kText}});
    t.option("colour", &Options::colour, "Colours for a terminal, with format text.");
    t.option("max_bytes", &Options::max_bytes, "Begins a new file before this one grows larger; 0 never does.",
             {.at_least = 0});
    t.option("keep", &Options::keep, "Older files kept, as file_name.1 and so on.", {.at_least = 0, .at_most = 1000});
    t.option("fsync", &Options::fsync, "Has each transition on the disk before it counts as delivered.");
    return t;
  }();
  return table;
}

// A path is one path: what looks like a template would become the name of a file.
void check_path(const Options& options, const base::yaml::Node& params, base::yaml::Problems& problems) {
  const auto* node = params.find("file_name");
  if (!node) return;
  const std::string& path = options.file_name;
  for (const char* mark : {"{{", "{%", "${", "$(", "%Y", "%m", "%d", "%H"}) {
    if (path.find(mark) == std::string::npos) continue;
    problems.error(node->mark,
                   "file_name is one path: '" + std::string(mark) + "' is not replaced; see max_bytes and keep");
    return;
  }
  if (path.empty() || path.ends_with('/') || path.find('\0') != std::string::npos) {
    problems.error(node->mark, "file_name must name a file");
  }
}

Configured make(const base::yaml::Node& params, const Services& services, base::yaml::Problems& problems) {
  Options options = options_table().read(params, problems);
  check_path(options, params, problems);
  SinkOptions common = options;
  return {.common = common, .sink = std::make_unique<FileSink>(std::move(options), services.file_pool)};
}

std::shared_ptr<RotatingFile> file_of(const Options& options) {
  if (options.file_name == kStandardOutput) return nullptr;
  return std::make_shared<RotatingFile>(RotationOptions{
      .path = options.file_name, .max_bytes = options.max_bytes, .keep = options.keep, .fsync = options.fsync});
}

base::Task<base::Result<void>> write(std::shared_ptr<RotatingFile> file, std::string text) {
  co_return file ? file->append(text) : print_text(text);
}

}  // namespace

FileSink::FileSink(Options options, base::Executor pool)
    : options_(std::move(options)), pool_(std::move(pool)), file_(file_of(options_)) {}

base::Result<Rendered> FileSink::render(const schemas::Delivery& delivery) const {
  Rendered rendered{.idempotency_key = delivery.id};
  if (options_.format == Format::kJson) {
    rendered.body = schemas::encode(delivery.transition) + "\n";
  } else {
    rendered.body = render_text(delivery.transition, {.colour = options_.colour}) + "\n";
  }
  return rendered;
}

base::Task<base::Result<Reply>> FileSink::send(Sending& sending) {
  // A write to a local disk can't be given up half-way: the deadline bounds nothing here.
  BOOST_OUTCOME_CO_TRY(co_await base::run_on(asio::make_strand(pool_), write(file_, std::move(sending.rendered.body))));
  co_return Reply{.detail = options_.file_name};
}

}  // namespace sinks::file

namespace sinks {

SinkType file_sink_type() { return {.name = "file_sink", .options = &file::options_table().set(), .make = file::make}; }

}  // namespace sinks
