/** What the names of modules and parameters say, in the words of the field. */

/** Tables that are looked up. */
export const tables =
  /embed|token|(^|_)embs?(_|\d|$)|codebook|lookup|vocab|(^|_)(wte|wpe|pos_?emb|cls|register)(_|\d|$)|^shared$|^relative_attention_bias$|bias_table$/i;

/** Layers that multiply, also where they work on tables. */
export const products =
  /proj|linear|dense|conv|mlp|(^|_)(fc|out|outputs?|head|heads|ffn|lin|lora|qkv|logits|classifier|pooler|predictor|mapping|reduction|expansion)\d*(_|$)/i;

/** Short names of linear layers in attentions and feed-forward networks: they need no bias to be known. */
export const shortProducts =
  /^((to_)?(q|k|v|o|qkv|kv|out|query|key|value|gate|up|down)\d*|w[123]|wi(_\d)?|w[oqkv]|fc\d*|c_(attn|fc|proj)|lora_(A|B|up|down)|query_key_value|gate_up|in_proj|decoder|adapter_(up|down))$/;

/** Modules whose matrices are products, whatever they are called themselves. */
export const productBlocks = /attn|attention|mlp|ffn|feed_?forward|(^|_)moe(_|$)|experts?|classifier|projector/i;

/** Not those that split or bound weights. */
export const norms = /^(?!.*(weight|spectral)_?norm).*(norm\d*$|norm_|(^|_)(bn|ln|gn)(_|\d|$))/i;

/** Convolutions that widen: their weights are (inputs, outputs, …). */
export const transposed = /transpose|deconv|convtrans|(^|_)t_?conv|tconv(_|\d|$)|up_?conv/i;
export const upwards = /^(up|ups|upsample|upsampler|upsampling|upscale|conv_?up)(_|\d|$)|(^|_)up\d*$/i;

/** Modules that resample by a filter that nobody trains. */
export const resamplers = /blur|up_?sample|down_?sample|resampl|upfirdn|anti_?alias|(^|_)(up|down|fir)(_|\d|$)/i;
export const filters =
  /^(kernel|filter|filt|f|blur|resample_filter|resample_kernel|blur_kernel|fir|up_filter|down_filter)$/;

export const routers = /^(gate|router|classifier|wg)$/;
export const expertLists = /^experts?$/;
