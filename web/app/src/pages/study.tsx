export default function Page() {
  return <h1>study</h1>;
}
