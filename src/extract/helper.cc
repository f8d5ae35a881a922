#include "extract/helper.h"

#include <sys/wait.h>

#include <csignal>
#include <utility>
#include <vector>

#include "extract/tool_run.h"
#include "extract/wire.h"

namespace spillguard::extract {
namespace helping {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kStartSeconds = 60;
constexpr uint64_t kSmall = uint64_t{1} << 20U;  // bytes of a message without a document's text

uint64_t longest_message(const Limits& limits) { return limits.part_bytes * 4 + 16 * kSmall; }

}  // namespace
}  // namespace helping

Helper::Helper(const ExtractorOptions& options, Child child, Pipe to, Pipe from)
    : options_(options),
      child_(std::move(child)),
      to_(std::move(to)),
      from_(std::move(from)),
      channel_(from_.read.get(), to_.write.get(), [this] { return look(); }) {}

Result<std::unique_ptr<Helper>> Helper::start(const ExtractorOptions& options) {
  SG_ASSIGN(Pipe to, make_pipe());
  SG_ASSIGN(Pipe from, make_pipe());
  const Limits limits;
  const std::vector<std::string> arguments = {
      options.sandbox_required ? "--sandbox=required" : "--sandbox=best-effort", "--cpu",
      std::to_string(options.lifetime_cpu_seconds), "--memory",
      std::to_string(limits.memory_bytes)};
  SG_ASSIGN(Child child, Child::spawn(options.helper, arguments, to.read.get(), from.write.get()));
  to.read.reset();
  from.write.reset();
  std::unique_ptr<Helper> helper(
      new Helper(options, std::move(child), std::move(to), std::move(from)));
  helper->wall_begin_ = steady_time();
  helper->wall_most_ = helping::kStartSeconds * helping::kSecond;
  helper->cpu_until_ = helping::kStartSeconds * helping::kSecond;
  auto hello = helper->channel_.receive(helping::kSmall);
  if (!hello) {
    return fail(std::move(hello).error().context("starting " + options.helper));
  }
  if (hello->kind == MessageKind::kRefused) {
    return fail(Code::kUnsupported, hello->body);
  }
  if (hello->kind != MessageKind::kHello) {
    return fail(Code::kCorrupt, options.helper + " is not the helper of this version");
  }
  helper->sandbox_ = std::move(hello->body);
  return helper;
}

Status Helper::look() const {
  if (options_.stop != nullptr && options_.stop->stopped()) {
    return fail(Code::kCancelled, "the program stops");
  }
  if (child_.cpu_time() > cpu_until_ || steady_time() - wall_begin_ > wall_most_) {
    return fail(Code::kTimeout, "the document took too long");
  }
  return {};
}

Status Helper::send_document(const DocumentSource& source, const Limits& limits) {
  std::string block(kFrame, '\0');
  uint64_t sent = 0;
  for (;;) {
    const auto count = source(std::span(block));
    wall_begin_ = steady_time();  // the source's time is not the document's
    if (!count) {
      source_failed_ = true;
      return fail(count.error());
    }
    if (*count == 0) {
      return channel_.send_piece(MessageKind::kDocument, {}, false);
    }
    sent += *count;
    if (sent > limits.input_bytes) {
      return fail(Code::kTooLarge, "larger than " + std::to_string(limits.input_bytes) + " bytes");
    }
    SG_TRY(channel_.send_piece(MessageKind::kDocument, std::string_view(block).substr(0, *count),
                               true));
  }
}

Status Helper::answer_tool(const std::string& body, const Limits& limits) {
  WireReader in(body);
  const uint64_t tool = in.number();
  const uint64_t number = in.number();
  const std::string_view file = in.text();
  if (!in.done() || tool >= kTools || number > UINT32_MAX) {
    return fail(Code::kCorrupt, "the extraction helper asked for a tool that is none");
  }
  const ToolResult result = run_tool(options_.helper, options_.sandbox_required, limits,
                                     static_cast<Tool>(tool), static_cast<uint32_t>(number), file);
  WireWriter out;
  out.number(static_cast<uint64_t>(result.reason));
  out.text(result.text);
  return channel_.send(MessageKind::kToolText, out.take());
}

Status Helper::talk(const Limits& limits, const Sink& sink, Outcome& own) {
  uint64_t text_bytes = 0;
  uint64_t messages = 0;
  bool own_came = false;
  for (;;) {
    SG_ASSIGN(const Message message, channel_.receive(helping::longest_message(limits)));
    if (++messages > limits.entries * 8 + 1024) {
      return fail(Code::kCorrupt, "the extraction helper does not come to an end");
    }
    switch (message.kind) {
      case MessageKind::kPart: {
        SG_ASSIGN(Part part, unpack_part(message.body));
        text_bytes += part.text.size();
        if (text_bytes > limits.output_bytes * 2) {
          return fail(Code::kCorrupt, "the extraction helper sent more than it may");
        }
        sink.part(std::move(part));
        break;
      }
      case MessageKind::kOutcome: {
        SG_ASSIGN(Outcome outcome, unpack_outcome(message.body));
        if (outcome.location.empty()) {
          own = std::move(outcome);
          own_came = true;
        } else {
          sink.outcome(std::move(outcome));
        }
        break;
      }
      case MessageKind::kTool:
        SG_TRY(answer_tool(message.body, limits));
        break;
      case MessageKind::kDone:
        return own_came ? Status{} : fail(Code::kCorrupt, "the extraction helper gave no outcome");
      default:
        return fail(Code::kCorrupt, "the extraction helper said something out of turn");
    }
  }
}

Reason Helper::reason_of(const Error& error) {
  if (source_failed_) {
    return Reason::kHostFailed;
  }
  if (error.code == Code::kTimeout) {
    return Reason::kTime;
  }
  if (error.code == Code::kTooLarge) {
    return Reason::kTooLarge;
  }
  if (error.code == Code::kUnavailable) {
    const int status = child_.wait();
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
      return Reason::kTime;
    }
  }
  return Reason::kHelperDied;
}

bool Helper::read(const std::string& name, const DocumentSource& source, const Limits& limits,
                  const Sink& sink, Outcome& own) {
  ++documents_;
  source_failed_ = false;
  cpu_until_ = child_.cpu_time() + limits.cpu_seconds * helping::kSecond;
  wall_begin_ = steady_time();
  wall_most_ = limits.wall_seconds * helping::kSecond;
  Status status = channel_.send(MessageKind::kJob, pack_job(limits, name));
  if (status) {
    status = send_document(source, limits);
  }
  if (status) {
    status = talk(limits, sink, own);
  }
  if (status) {
    return true;
  }
  own.location.clear();
  own.reason = reason_of(status.error());
  own.detail = status.error().message;
  child_.kill();
  return false;
}

}  // namespace spillguard::extract
