//! Bars as SVG. Colours stand in it as signs of their own, which the style sheet turns into those of a light or dark page.

use plotters::prelude::*;

/// The size in which charts are drawn; pages scale them.
const SIZE: (u32, u32) = (900, 300);
/// As the style sheet knows them, in the order of series.
const COLOURS: [RGBColor; 6] = [
    RGBColor(1, 1, 1),
    RGBColor(2, 2, 2),
    RGBColor(3, 3, 3),
    RGBColor(4, 4, 4),
    RGBColor(5, 5, 5),
    RGBColor(6, 6, 6),
];
const INK: RGBColor = RGBColor(7, 7, 7);
const LINE: RGBColor = RGBColor(8, 8, 8);
/// Labels below the bars that can be read beside each other.
const LABELS_MAX: usize = 16;
/// How much of its place a group of bars takes.
const WIDTH: f64 = 0.8;

/// What is drawn: a group of bars for each label.
pub(super) struct Bars {
    pub(super) title: String,
    pub(super) labels: Vec<String>,
    pub(super) series: Vec<Series>,
    pub(super) is_stacked: bool,
}

pub(super) struct Series {
    pub(super) name: String,
    pub(super) values: Vec<f64>,
}

impl Bars {
    /// Nothing where there is nothing to be seen, or the drawing fails: the table below tells the same.
    pub(super) fn svg(&self) -> Option<String> {
        let most = self.most();
        if self.labels.is_empty() || most <= 0.0 {
            return None;
        }
        let mut svg = String::new();
        self.draw(&mut svg, most * 1.05).ok()?;
        Some(self.told(&svg))
    }

    fn most(&self) -> f64 {
        let at = |place: usize| self.series.iter().filter_map(move |one| one.values.get(place).copied());
        let of = |place: usize| {
            if self.is_stacked { at(place).sum() } else { at(place).fold(0.0, f64::max) }
        };
        (0..self.labels.len()).map(of).fold(0.0, f64::max)
    }

    fn draw(&self, svg: &mut String, most: f64) -> Result<(), Box<dyn std::error::Error>> {
        let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        let count = self.labels.len();
        let end = number(count);
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .x_label_area_size(28)
            .y_label_area_size(56)
            .build_cartesian_2d(0.0..end, 0.0..most)?;
        let font = ("sans-serif", 13).into_font().color(&INK);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .disable_x_axis()
            .max_light_lines(0)
            .bold_line_style(LINE)
            .axis_style(LINE)
            .x_labels(0)
            .y_labels(5)
            .y_label_formatter(&|value| format!("{value:.0}"))
            .label_style(font.clone())
            .draw()?;
        let mut below = vec![0.0; count];
        let wide = if self.is_stacked { WIDTH } else { WIDTH / number(self.series.len().max(1)) };
        for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
            let place = self.series.iter().position(|one| std::ptr::eq(one, series)).unwrap_or_default();
            let aside = if self.is_stacked { 0.0 } else { wide * number(place) };
            let bars = series.values.iter().enumerate().filter(|(_, value)| **value > 0.0);
            let floor = |at: usize| below.get(at).copied().filter(|_| self.is_stacked).unwrap_or_default();
            let bar = |(at, value): (usize, &f64)| {
                let (left, from) = (number(at) + (1.0 - WIDTH) / 2.0 + aside, floor(at));
                Rectangle::new([(left, from), (left + wide, from + value)], colour.filled())
            };
            let bars: Vec<_> = bars.map(bar).collect();
            chart.draw_series(bars)?;
            series.values.iter().zip(&mut below).for_each(|(value, below)| *below += value);
        }
        let every = count.div_ceil(LABELS_MAX).max(1);
        for (at, label) in self.labels.iter().enumerate().step_by(every) {
            let (x, y) = chart.backend_coord(&(number(at) + 0.5, 0.0));
            let centred = font.clone().pos(plotters::style::text_anchor::Pos::new(
                plotters::style::text_anchor::HPos::Center,
                plotters::style::text_anchor::VPos::Top,
            ));
            area.draw(&Text::new(label.clone(), (x, y + 8), centred))?;
        }
        area.present()?;
        Ok(())
    }

    /// For those who hear a page instead of seeing it; the numbers themselves stand in the table.
    fn told(&self, svg: &str) -> String {
        let title = askama::filters::escape(&self.title, askama::filters::Html);
        let title = title.map(|title| title.to_string()).unwrap_or_default();
        let body = svg.split_once('>').map_or("", |(_, body)| body);
        let (width, height) = SIZE;
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>{body}"
        )
    }
}

/// As charts count; there are never so many that it could not be told exactly.
fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_told_by_its_title_and_holds_nothing_that_a_strict_page_forbids() {
        let bars = Bars {
            title: "Anrufe <je Tag>".into(),
            labels: vec!["20. Okt.".into(), "21. Okt.".into()],
            series: vec![Series { name: "Anrufe".into(), values: vec![3.0, 5.0] }],
            is_stacked: false,
        };

        let svg = bars.svg().unwrap();

        assert!(
            svg.starts_with("<svg ") && svg.contains("role=\"img\"") && svg.trim_end().ends_with("</svg>")
        );
        assert!(svg.contains("Anrufe &#60;je Tag&#62;") && svg.contains("21. Okt."), "{svg}");
        assert!(
            svg.contains("fill=\"#010101\"") && !svg.contains("style=") && !svg.contains("<script"),
            "{svg}"
        );
    }

    #[test]
    fn where_nothing_was_counted_nothing_is_drawn() {
        let series = vec![Series { name: "Anrufe".into(), values: vec![0.0] }];
        let bars = Bars { title: "Anrufe".into(), labels: vec!["heute".into()], series, is_stacked: true };

        assert_eq!(bars.svg(), None);
    }
}
