//! Draws the results as plots: time against the number of origins, both on log scales.

use std::error::Error;
use std::path::Path;

use corsac_benches::Case;
use plotters::prelude::*;

use crate::machine;
use crate::name::Name;
use crate::table::{Results, grouped, time};

/// A curve of a plot: its system and its points.
type Curve = (Name, Vec<(f64, f64)>);

/// Draws all plots into this directory.
pub(crate) fn draw(results: &Results, directory: &Path) -> Result<(), Box<dyn Error>> {
    let plots = [
        (Case::Actual, "actual.svg", "An actual request, allowed: the same origin each time"),
        (Case::Preflight3, "preflight.svg", "A preflight of three names, allowed: the same origin each time"),
        (Case::Preflight3Random, "random.svg", "A preflight of three names, allowed: another origin each time"),
    ];
    for (case, file, caption) in plots {
        let point = |name, count| Some((count as f64, results.median(case, count, name)?));
        draw_one(results, &directory.join(file), caption, &curves(results, point))?;
    }
    let point = |name: Name, count: usize| {
        let build = results.builds.iter().find(|build| build.count == count)?;
        let (_, time) = build.times.iter().find(|(built, _)| *built == name)?;
        name.has_policy().then_some((count as f64, *time))
    };
    draw_one(results, &directory.join("compile.svg"), "From a list of origins to a policy", &curves(results, point))
}

fn curves(results: &Results, point: impl Fn(Name, usize) -> Option<(f64, f64)>) -> Vec<Curve> {
    let counts: Vec<usize> = results.builds.iter().map(|build| build.count).collect();
    let curve = |name| (name, counts.iter().filter_map(|&count| point(name, count)).collect::<Vec<_>>());
    Name::ALL.map(curve).into_iter().filter(|(_, points)| !points.is_empty()).collect()
}

/// The colours of Okabe and Ito, which people with colour blindness can tell apart, too.
fn colour(name: Name) -> RGBColor {
    match name {
        Name::Corsac => RGBColor(213, 94, 0),
        Name::CorsacLayer => RGBColor(230, 159, 0),
        Name::ByHand => RGBColor(0, 158, 115),
        Name::LookUp => RGBColor(120, 190, 160),
        Name::HttpFloor => RGBColor(150, 190, 230),
        Name::TowerHttp => RGBColor(0, 114, 178),
        Name::ActixFloor => RGBColor(220, 180, 205),
        Name::ActixCors => RGBColor(204, 121, 167),
    }
}

fn draw_one(results: &Results, file: &Path, caption: &str, curves: &[Curve]) -> Result<(), Box<dyn Error>> {
    let points = || curves.iter().flat_map(|(_, points)| points);
    let lowest = points().map(|point| point.1).fold(f64::INFINITY, f64::min);
    let highest = points().map(|point| point.1).fold(0.0, f64::max);
    let most = points().map(|point| point.0).fold(2.0, f64::max);
    let area = SVGBackend::new(file, (880, 480)).into_drawing_area();
    area.fill(&WHITE)?;
    // The legend has a strip of its own, so it covers no curve.
    let (area, legend) = area.split_horizontally(640);
    let mut chart = ChartBuilder::on(&area)
        .caption(caption, ("sans-serif", 17))
        .margin(12)
        .x_label_area_size(42)
        .y_label_area_size(72)
        .build_cartesian_2d((1.0..most).log_scale(), (lowest / 1.5..highest * 1.5).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("origins in the policy")
        .x_label_formatter(&|count| grouped(*count as usize))
        // Powers of ten need no digits.
        .y_label_formatter(&|ns| time(*ns).replace(".00", "").replace(".0", ""))
        .light_line_style(BLACK.mix(0.04))
        .label_style(("sans-serif", 13))
        .draw()?;
    let mut order: Vec<&Curve> = curves.iter().collect();
    // Corsac's curve is drawn last, over the others.
    order.sort_by_key(|(name, _)| *name == Name::Corsac);
    for (name, points) in &order {
        let (colour, width) = (colour(*name), width(*name));
        chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(width)))?;
        chart.draw_series(points.iter().map(|point| Circle::new(*point, width + 1, colour.filled())))?;
    }
    // In the order in which the curves end: the slowest at the largest size first.
    order.sort_by(|a, b| f64::total_cmp(&end(b), &end(a)));
    for (row, (name, _)) in order.into_iter().enumerate() {
        let style = colour(*name).stroke_width(width(*name));
        let y = 60 + 24 * i32::try_from(row)?;
        legend.draw(&PathElement::new([(4, y), (28, y)], style))?;
        legend.draw(&Text::new(name.text(), (36, y - 7), ("sans-serif", 14)))?;
    }
    // People copy a picture without its page, so it says how it was made.
    for (row, text) in [results.command.to_owned(), machine::cpu(), machine::date()].iter().enumerate() {
        let y = 372 + 15 * i32::try_from(row)?;
        legend.draw(&Text::new(text.as_str(), (4, y), ("sans-serif", 11).into_font().color(&BLACK.mix(0.6))))?;
    }
    area.present()?;
    Ok(())
}

fn width(name: Name) -> u32 {
    if name == Name::Corsac { 3 } else { 2 }
}

fn end((_, points): &Curve) -> f64 {
    points.last().map_or(0.0, |point| point.1)
}
