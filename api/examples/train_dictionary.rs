//! Trains the zstd dictionary that bodies are packed with (`records/body.rs`), on synthetic records of
//! `fixtures` only. Run once for each new dictionary:
//! `cargo run --release -p api --example train_dictionary -- api/src/records/dictionary-2.zstd`

fn main() -> anyhow::Result<()> {
    let file = std::env::args().nth(1).ok_or_else(|| anyhow::anyhow!("name the file to write"))?;
    let mut samples: Vec<Vec<u8>> = Vec::new();
    for seed in 1..=6 {
        for resource in fixtures::people::directory(seed) {
            samples.push(serde_json::to_vec(&resource)?);
        }
        for person in fixtures::people::people(seed) {
            for resource in &person.resources {
                let bytes = serde_json::to_vec(resource)?;
                // Large attachments would fill the dictionary with base64.
                if bytes.len() < 8192 {
                    samples.push(bytes);
                }
            }
        }
    }
    let dictionary = zstd::dict::from_samples(&samples, 64 * 1024)?;
    println!("{} samples, dictionary of {} bytes", samples.len(), dictionary.len());
    std::fs::write(file, dictionary)?;
    Ok(())
}
