#include "core/plot/svg.h"

#include <utility>

#include "core/plot/text.h"

namespace subjrec {
namespace {

constexpr std::string_view kStyle = R"css(
.sr-bg{fill:#fff}
.sr text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:#1b1f24}
.sr .title{font-size:18px;font-weight:600}
.sr .sub,.sr .axis,.sr .key{font-size:12.5px;fill:#4a525c}
.sr .tick,.sr .note{font-size:11.5px;fill:#5b636d}
.sr .tick{font-variant-numeric:tabular-nums}
.sr .label{font-size:12px;font-weight:500;paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round;stroke-opacity:.85}
.sr .region{font-size:14px;font-weight:700;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round;stroke-opacity:.9;pointer-events:none}
.sr .end{text-anchor:end}
.sr .mid{text-anchor:middle}
.sr .grid{stroke:#e6e8eb;stroke-width:1}
.sr .epoch{stroke:#eff1f3;stroke-width:1}
.sr .frame{stroke:#8b939c;stroke-width:1}
.sr .faint{fill:none;stroke:#0072b2;stroke-opacity:.38;stroke-width:1}
.sr .sample{stroke-opacity:.6;stroke-width:2}
.sr .line{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}
.sr .out{fill:none;stroke-opacity:.7}
.sr .named,.sr .label{pointer-events:none}
.sr .named{stroke:#fff;stroke-width:1.2}
.sr .c0{color:#0072b2}.sr .c1{color:#d55e00}.sr .c2{color:#009e73}.sr .c3{color:#cc79a7}
.sr .c4{color:#e69f00}.sr .c5{color:#56b4e9}.sr .c6{color:#8f8400}.sr .c7{color:#2b2f36}
.sr .co,.sr .sn{color:#a3a9b0}
.sr .s0{color:#a9c9e8}.sr .s1{color:#86b3de}.sr .s2{color:#649bd0}.sr .s3{color:#4683be}
.sr .s4{color:#2f6ba8}.sr .s5{color:#1f548d}.sr .s6{color:#133e70}.sr .s7{color:#082850}
.sr .one .c0{color:var(--one)}
.sr .fill{fill:currentColor}
.sr .line,.sr .dots,.sr .out{stroke:currentColor}
@media (prefers-color-scheme:dark){
.sr-bg{fill:#14171b}
.sr text{fill:#eceff2}
.sr .sub,.sr .axis,.sr .key{fill:#b4bcc5}
.sr .tick,.sr .note{fill:#9fa8b2}
.sr .label,.sr .region{stroke:#14171b}
.sr .named{stroke:#14171b}
.sr .grid{stroke:#2a2f36}
.sr .epoch{stroke:#20242a}
.sr .frame{stroke:#737c86}
.sr .faint{stroke:#5cb3f0}
.sr .c0{color:#4aa3e0}.sr .c1{color:#f0803c}.sr .c2{color:#2fc49a}.sr .c3{color:#e5a0c6}
.sr .c4{color:#f2b632}.sr .c5{color:#8fd3f9}.sr .c6{color:#d6cb3d}.sr .c7{color:#eef0f2}
.sr .co,.sr .sn{color:#6d757e}
.sr .s0{color:#274a70}.sr .s1{color:#305f8f}.sr .s2{color:#3c76ad}.sr .s3{color:#508dc6}
.sr .s4{color:#6ba5da}.sr .s5{color:#8bbce8}.sr .s6{color:#b0d4f3}.sr .s7{color:#dcedfb}
}
)css";

/// Pixels to a tenth: finer than a screen shows.
std::string pixels(double value) { return format_number(value, 1); }

}  // namespace

Svg::Svg(double width, double height, std::string_view description) {
  const std::string w = pixels(width);
  const std::string h = pixels(height);
  out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sr\" width=\"" + w + "\" height=\"" +
         h + "\" viewBox=\"0 0 " + w + ' ' + h + "\" role=\"img\" aria-label=\"" +
         xml_escape(description) + "\">\n<style>";
  out_ += kStyle;
  out_ += "</style>\n";
  rect(0, 0, width, height, "sr-bg");
}

void Svg::attribute(std::string_view name, double value) {
  ((out_ += ' ') += name) += "=\"";
  (out_ += pixels(value)) += '"';
}

void Svg::classes(std::string_view names) { ((out_ += " class=\"") += names) += '"'; }

void Svg::text(double x, double y, std::string_view class_names, std::string_view text) {
  out_ += "<text";
  attribute("x", x);
  attribute("y", y);
  classes(class_names);
  ((out_ += '>') += xml_escape(text)) += "</text>\n";
}

void Svg::vertical_text(double x, double y, std::string_view class_names, std::string_view text) {
  out_ += "<text transform=\"translate(" + pixels(x) + ' ' + pixels(y) + ") rotate(-90)\"";
  classes(class_names);
  ((out_ += '>') += xml_escape(text)) += "</text>\n";
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view class_names) {
  out_ += "<line";
  attribute("x1", x1);
  attribute("y1", y1);
  attribute("x2", x2);
  attribute("y2", y2);
  classes(class_names);
  out_ += "/>\n";
}

void Svg::rect(double x, double y, double width, double height, std::string_view class_names) {
  out_ += "<rect";
  attribute("x", x);
  attribute("y", y);
  attribute("width", width);
  attribute("height", height);
  classes(class_names);
  out_ += "/>\n";
}

void Svg::circle(double x, double y, double radius, std::string_view class_names) {
  out_ += "<circle";
  attribute("cx", x);
  attribute("cy", y);
  attribute("r", radius);
  classes(class_names);
  out_ += "/>\n";
}

void Svg::polyline(std::span<const XY> points, std::string_view class_names) {
  if (points.empty()) return;
  out_ += "<path d=\"";
  char command = 'M';
  for (const XY& p : points) {
    ((out_ += command) += pixels(p.x) += ' ') += pixels(p.y);
    command = 'L';
  }
  out_ += '"';
  classes(class_names);
  out_ += "/>\n";
}

void Svg::open_group(std::string_view attributes) { ((out_ += "<g ") += attributes) += ">\n"; }

void Svg::close_group() { out_ += "</g>\n"; }

std::string Svg::finish() && {
  out_ += "</svg>\n";
  return std::move(out_);
}

}  // namespace subjrec
